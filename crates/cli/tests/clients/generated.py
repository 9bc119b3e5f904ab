"""google-apps-chat over each of its transports, with one interface."""

import asyncio

import grpc
from google.api_core import exceptions
from google.apps import chat_v1
from google.apps.chat_v1.services.chat_service import transports
from google.oauth2.credentials import Credentials

# The classes of errors over gRPC, by the class over REST.
GRPC_ERRORS = {
    exceptions.BadRequest: {exceptions.InvalidArgument, exceptions.FailedPrecondition},
    exceptions.Conflict: {exceptions.AlreadyExists},
    exceptions.Forbidden: {exceptions.PermissionDenied},
    exceptions.GatewayTimeout: {exceptions.DeadlineExceeded},
    exceptions.MethodNotImplemented: {exceptions.MethodNotImplemented},
    exceptions.NotFound: {exceptions.NotFound},
    exceptions.ServiceUnavailable: {exceptions.ServiceUnavailable},
    exceptions.TooManyRequests: {exceptions.ResourceExhausted},
    exceptions.Unauthorized: {exceptions.Unauthenticated},
}


def client(url, transport, token="any"):
    if transport == "rest":
        options = {"api_endpoint": url}
        return chat_v1.ChatServiceClient(transport="rest", credentials=Credentials(token), client_options=options)
    address = url.removeprefix("http://")
    if transport == "grpc":
        channel = transports.ChatServiceGrpcTransport(channel=grpc.insecure_channel(address))
        return Authorized(chat_v1.ChatServiceClient(transport=channel), token)

    async def connect():
        channel = transports.ChatServiceGrpcAsyncIOTransport(channel=grpc.aio.insecure_channel(address))
        return chat_v1.ChatServiceAsyncClient(transport=channel)

    return Authorized(Blocking(LOOP.run_until_complete(connect())), token)


def field_violations(error):
    """Returns the fields and descriptions in the first detail of an error."""
    detail = error.details[0]
    if isinstance(detail, dict):
        return [(violation["field"], violation["description"]) for violation in detail["fieldViolations"]]
    return [(violation.field, violation.description) for violation in detail.field_violations]


class Authorized:
    """Sends a token as metadata: an insecure channel has no credentials."""

    def __init__(self, client, token):
        self.client, self.token = client, token

    def __getattr__(self, name):
        method = getattr(self.client, name)
        token = [("authorization", f"Bearer {self.token}")] if self.token else []

        def call(*arguments, metadata=(), **named):
            return method(*arguments, metadata=[*token, *metadata], **named)

        return call


LOOP = asyncio.new_event_loop()


class Blocking:
    """An asynchronous client whose methods wait for the result."""

    def __init__(self, client):
        self.client = client

    def __getattr__(self, name):
        method = getattr(self.client, name)

        async def call(*arguments, **named):
            return await method(*arguments, **named)

        def wait(*arguments, **named):
            result = LOOP.run_until_complete(call(*arguments, **named))
            return BlockingPager(result) if hasattr(result, "pages") else result

        return wait


class BlockingPager:
    def __init__(self, pager):
        self.pager = pager

    @staticmethod
    def blocking(items):
        items = aiter(items)
        while True:
            try:
                yield LOOP.run_until_complete(anext(items))
            except StopAsyncIteration:
                return

    def __iter__(self):
        return self.blocking(self.pager)

    @property
    def pages(self):
        return self.blocking(self.pager.pages)
