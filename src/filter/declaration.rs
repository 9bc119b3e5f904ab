//! The filter of `spaces.members.list`, from the [reference][reference] of the API.
//!
//! [reference]: https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.members/list

use crate::schema::Operator::{Documented, Undocumented};
use crate::schema::{Declaration, Field, Help, Value};
use crate::syntax::Comparator::{Equal, NotEqual};

use super::cells::{MemberType, Role};

pub(crate) const DECLARATION: Declaration = Declaration {
    fields: &[ROLE, MEMBER_TYPE],
    elsewhere: &[
        (
            &["state", "membershipstate", "invited", "memberstate"],
            "filters have no field for the state; set `showInvited` in the request to include invited \
             members",
        ),
        (
            &[
                "group",
                "groups",
                "groupmember",
                "groupmembername",
                "showgroups",
            ],
            "filters have no field for groups; set `showGroups` in the request to include Google Groups",
        ),
        (
            &["showinvited", "useadminaccess", "pagesize", "pagetoken"],
            "this is a request parameter; set it in the request, not in the filter",
        ),
        (
            &[
                "name",
                "membername",
                "displayname",
                "memberdisplayname",
                "email",
                "memberemail",
                "createtime",
                "deletetime",
                "affiliation",
                "domainid",
                "memberdomainid",
                "isanonymous",
                "memberisanonymous",
                "avatarurl",
                "memberavatarurl",
            ],
            "memberships have this field, but filters cannot use it; filter the response instead",
        ),
    ],
    example: "member.type = \"HUMAN\"",
    instead_of_negation: "rewrite it without negation, using `AND`, `OR`, `=` and (for \
                          `member.type`) `!=`",
};

pub(crate) const ROLE: Field = Field {
    index: 0,
    path: "role",
    synonyms: &["memberrole", "membershiprole", "roles", "userrole"],
    operators: &[
        Documented(Equal),
        Undocumented(NotEqual, "list the roles to include, joined with `OR`"),
    ],
    values: &[
        role(
            Role::Member,
            true,
            &[(
                &["MEMBER", "MEMBERS", "USER"],
                "a regular member has the role `ROLE_MEMBER`",
            )],
        ),
        role(
            Role::Manager,
            true,
            &[
                (
                    &["OWNER", "OWNERS", "SPACE_OWNER", "ADMIN"],
                    "an owner in the Chat user interface has the role `ROLE_MANAGER`",
                ),
                (
                    &["MANAGER", "MANAGERS", "SPACE_MANAGER"],
                    "an owner in the Chat user interface has the role `ROLE_MANAGER`; a manager has \
                 `ROLE_ASSISTANT_MANAGER`, which the filter documentation does not list",
                ),
            ],
        ),
        role(Role::AssistantManager, false, &[]),
        role(Role::Unspecified, false, &[]),
    ],
    value_prefix: "ROLE_",
    elsewhere: &[(
        &["ASSISTANT_MANAGER", "ASSISTANT"],
        "a manager in the Chat user interface has the role `ROLE_ASSISTANT_MANAGER`, which the \
             filter documentation does not list",
    )],
    examples: r#"`role = "ROLE_MANAGER"` or `role = "ROLE_MEMBER"`"#,
};

pub(crate) const MEMBER_TYPE: Field = Field {
    index: 1,
    path: "member.type",
    synonyms: &[
        "type",
        "membertype",
        "usertype",
        "membershiptype",
        "membermembertype",
        "membershipmembertype",
    ],
    operators: &[Documented(Equal), Documented(NotEqual)],
    values: &[
        member_type(
            MemberType::Human,
            true,
            &[(
                &["USER", "USERS", "PERSON", "PEOPLE", "HUMANS"],
                "a person has the type `HUMAN`",
            )],
        ),
        member_type(
            MemberType::Bot,
            true,
            &[(
                &["APP", "APPS", "BOTS", "CHAT_APP", "SERVICE_ACCOUNT"],
                "a Chat app has the type `BOT`",
            )],
        ),
        member_type(MemberType::Unspecified, false, &[]),
    ],
    value_prefix: "",
    elsewhere: &[(
        &["GROUP", "GROUPS", "GOOGLE_GROUP"],
        "a Google Group has no type; set `showGroups` in the request to include Google Groups",
    )],
    examples: r#"`member.type = "HUMAN"` or `member.type != "BOT"`"#,
};

#[expect(clippy::panic, reason = "evaluated by the compiler")]
const fn role(role: Role, is_documented: bool, synonyms: &'static [Help]) -> Value {
    let Some(name) = role.name() else {
        panic!("a value has a name");
    };
    Value {
        name,
        index: role as u32,
        is_documented,
        synonyms,
    }
}

#[expect(clippy::panic, reason = "evaluated by the compiler")]
const fn member_type(
    member_type: MemberType,
    is_documented: bool,
    synonyms: &'static [Help],
) -> Value {
    let Some(name) = member_type.name() else {
        panic!("a value has a name");
    };
    Value {
        name,
        index: member_type as u32,
        is_documented,
        synonyms,
    }
}

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const _: () = {
    let mut index = 0;
    while index < DECLARATION.fields.len() {
        assert!(DECLARATION.fields[index].index == index);
        index += 1;
    }
};
