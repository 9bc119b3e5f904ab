"""Sends each method and several errors by a client: `discovery`, or google-apps-chat over `rest` or `grpc`.
Prints the answers, for compare.py."""

import json
import os
import sys

from generated import client as generated_client
from generated import field_violations
from google.api_core import exceptions
from google.apps import chat_v1
from google.oauth2.credentials import Credentials
from google.protobuf import json_format
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

TRANSPORT = sys.argv[1]
URL = os.environ["OPEN"]
HUMANS = 'member.type = "HUMAN"'


class Discovery:
    """google-api-python-client."""

    def __init__(self):
        options = {"api_endpoint": URL}
        self.members = build("chat", "v1", credentials=Credentials("any"), client_options=options).spaces().members()

    def list(self, page_token="", text=HUMANS, size=2):
        return self.members.list(parent="spaces/A", pageSize=size, pageToken=page_token, filter=text, showInvited=True).execute()

    def get(self, member):
        return self.members.get(name=f"spaces/A/members/{member}").execute()

    def create(self, user):
        body = {"member": {"name": user, "type": "HUMAN"}}
        return self.members.create(parent="spaces/A", body=body).execute()

    def patch(self, member, role, mask):
        return self.members.patch(name=f"spaces/A/members/{member}", body={"role": role}, updateMask=mask).execute()

    def delete(self, member):
        return self.members.delete(name=f"spaces/A/members/{member}").execute()

    @staticmethod
    def error(error):
        return json.loads(error.content)["error"]


class Generated:
    """google-apps-chat."""

    def __init__(self):
        self.api = generated_client(URL, TRANSPORT)

    @staticmethod
    def shown(message):
        return json_format.MessageToDict(type(message).pb(message))

    def list(self, page_token="", text=HUMANS, size=2):
        request = {"parent": "spaces/A", "page_size": size, "page_token": page_token, "filter": text, "show_invited": True}
        return self.shown(next(iter(self.api.list_memberships(request=request).pages)))

    def get(self, member):
        return self.shown(self.api.get_membership(name=f"spaces/A/members/{member}"))

    def create(self, user):
        membership = chat_v1.Membership(member=chat_v1.User(name=user, type_=chat_v1.User.Type.HUMAN))
        return self.shown(self.api.create_membership(parent="spaces/A", membership=membership))

    def patch(self, member, role, mask):
        role = chat_v1.Membership.MembershipRole[role]
        membership = chat_v1.Membership(name=f"spaces/A/members/{member}", role=role)
        return self.shown(self.api.update_membership(membership=membership, update_mask={"paths": [mask]}))

    def delete(self, member):
        return self.shown(self.api.delete_membership(name=f"spaces/A/members/{member}"))

    @staticmethod
    def error(error):
        if TRANSPORT == "rest":
            return error.response.json()["error"]
        violations = [{"field": field, "description": text} for field, text in field_violations(error)] if error.details else []
        return {"status": error.grpc_status_code.name, "message": error.message, "details": [{"fieldViolations": violations}]}


api = Discovery() if TRANSPORT == "discovery" else Generated()


def refused(call):
    try:
        call()
    except (HttpError, exceptions.GoogleAPICallError) as error:
        error = api.error(error)
        violations = [violation for detail in error.get("details", []) for violation in detail.get("fieldViolations", [])]
        return {"status": error["status"], "message": error["message"], "violations": violations}
    return "success"


first = api.list()
answers = {
    "list": first,
    "next page": api.list(first["nextPageToken"]),
    "get": api.get("grace+x@example.com"),
    "create": api.create("users/555"),
    "patch": api.patch("555", "ROLE_ASSISTANT_MANAGER", "role"),
    "delete": api.delete("555"),
    "invalid filter": refused(lambda: api.list(text='role = "OWNER" ⚠')),
    "negative page size": refused(lambda: api.list(size=-1)),
    "made-up token": refused(lambda: api.list("abc")),
    "unknown member": refused(lambda: api.get("404")),
    "existing member": refused(lambda: api.create("users/100")),
    "invalid mask": refused(lambda: api.patch("101", "ROLE_MEMBER", "state")),
    "only manager": refused(lambda: api.delete("100")),
}
print(json.dumps(answers))
