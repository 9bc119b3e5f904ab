//! The filter of `spaces.members.list`, from the [reference][reference] of the API.
//!
//! [reference]: https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.members/list

use crate::schema::{Across, Column, Declaration, EnumValue, Field, FieldGroup, Values, op};
use crate::syntax::Comparator::{Equal, NotEqual};

/// Indexes of the groups.
pub(super) const ROLE: usize = 0;
pub(super) const MEMBER_TYPE: usize = 1;

pub(super) const DECLARATION: Declaration = Declaration {
    method: "spaces.members.list",
    resource: ["membership", "members"],
    groups: &[
        FieldGroup {
            fields: &[ROLE_FIELD],
            or: true,
            ..FieldGroup::NEW
        },
        FieldGroup {
            fields: &[MEMBER_TYPE_FIELD],
            or: true,
            ..FieldGroup::NEW
        },
    ],
    across: Across::AndOr,
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
    ..Declaration::NEW
};

const _: () = DECLARATION.validate();

pub(super) const ROLE_FIELD: Field = Field {
    path: "role",
    synonyms: &["memberrole", "membershiprole", "roles", "userrole"],
    operators: &[
        op(Equal),
        op(NotEqual).undocumented("list the roles to include, joined with `OR`"),
    ],
    values: Values::Enum {
        values: &[
            EnumValue::new("MEMBERSHIP_ROLE_UNSPECIFIED").undocumented(),
            EnumValue::new("ROLE_MEMBER").synonyms(&[(
                &["MEMBER", "MEMBERS", "USER"],
                "a regular member has the role `ROLE_MEMBER`",
            )]),
            EnumValue::new("ROLE_MANAGER").synonyms(&[
                (
                    &["OWNER", "OWNERS", "SPACE_OWNER", "ADMIN"],
                    "an owner in the Chat user interface has the role `ROLE_MANAGER`",
                ),
                (
                    &["MANAGER", "MANAGERS", "SPACE_MANAGER"],
                    "an owner in the Chat user interface has the role `ROLE_MANAGER`; a manager has \
                     `ROLE_ASSISTANT_MANAGER`, which the filter documentation does not list",
                ),
            ]),
            EnumValue::new("ROLE_ASSISTANT_MANAGER").undocumented(),
        ],
        prefix: "ROLE_",
        elsewhere: &[(
            &["ASSISTANT_MANAGER", "ASSISTANT"],
            "a manager in the Chat user interface has the role `ROLE_ASSISTANT_MANAGER`, which the \
             filter documentation does not list",
        )],
    },
    column: Column::Property("role"),
    examples: r#"`role = "ROLE_MANAGER"` or `role = "ROLE_MEMBER"`"#,
    ..Field::NEW
};

pub(super) const MEMBER_TYPE_FIELD: Field = Field {
    path: "member.type",
    synonyms: &[
        "type",
        "membertype",
        "usertype",
        "membershiptype",
        "membermembertype",
        "membershipmembertype",
    ],
    operators: &[op(Equal), op(NotEqual)],
    values: Values::Enum {
        values: &[
            EnumValue::new("TYPE_UNSPECIFIED").undocumented(),
            EnumValue::new("HUMAN").synonyms(&[(
                &["USER", "USERS", "PERSON", "PEOPLE", "HUMANS"],
                "a person has the type `HUMAN`",
            )]),
            EnumValue::new("BOT").synonyms(&[(
                &["APP", "APPS", "BOTS", "CHAT_APP", "SERVICE_ACCOUNT"],
                "a Chat app has the type `BOT`",
            )]),
        ],
        prefix: "",
        elsewhere: &[(
            &["GROUP", "GROUPS", "GOOGLE_GROUP"],
            "a Google Group has no type; set `showGroups` in the request to include Google Groups",
        )],
    },
    column: Column::Property("member.type"),
    parent: Some("member"),
    examples: r#"`member.type = "HUMAN"` or `member.type != "BOT"`"#,
    ..Field::NEW
};
