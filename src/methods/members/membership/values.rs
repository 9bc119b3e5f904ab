//! The API's enums, each with a variant for values unknown to this version.

use crate::methods::open_enum::open_enum;

open_enum! {
    /// State of a membership: the API's `MembershipState`. Output only.
    pub enum MembershipState, "a membership state" {
        /// The default: the state is absent.
        #[default]
        Unspecified = 0 "MEMBERSHIP_STATE_UNSPECIFIED",
        /// Added to the space and able to participate.
        Joined = 1 "JOINED",
        /// Invited to the space, but not joined yet.
        Invited = 2 "INVITED",
        /// Not a member, as in the response to a deletion.
        NotAMember = 3 "NOT_A_MEMBER",
    }
}

open_enum! {
    /// Role of a member in a space: the API's `MembershipRole`.
    ///
    /// The Chat user interface uses different terms for two of the roles.
    pub enum MembershipRole, "a membership role" {
        /// The default: the role is absent, as it always is for a Google Group, and may be for a
        /// user who is not a member.
        #[default]
        Unspecified = 0 "MEMBERSHIP_ROLE_UNSPECIFIED",
        /// A member with basic permissions, such as sending messages.
        Member = 1 "ROLE_MEMBER",
        /// A space manager, called an owner in the Chat user interface.
        Manager = 2 "ROLE_MANAGER",
        /// An assistant manager, called a manager in the Chat user interface.
        AssistantManager = 4 "ROLE_ASSISTANT_MANAGER",
    }
}

open_enum! {
    /// Relation of a user to the organization that owns the space: the API's `Affiliation`. Output
    /// only.
    pub enum Affiliation, "an affiliation" {
        /// The default: the affiliation is absent.
        #[default]
        Unspecified = 0 "AFFILIATION_UNSPECIFIED",
        /// An account that this organization manages.
        Internal = 1 "INTERNAL",
        /// Any other account: a consumer account, or one that another organization manages.
        External = 2 "EXTERNAL",
        /// An account that this organization manages for an external user, such as a guest.
        ManagedExternal = 3 "MANAGED_EXTERNAL",
    }
}

open_enum! {
    /// Type of a user, a person or a Chat app: the API's `User.Type`.
    pub enum UserType, "a user type" {
        /// The default: the type is absent.
        #[default]
        Unspecified = 0 "TYPE_UNSPECIFIED",
        /// A person.
        Human = 1 "HUMAN",
        /// A Chat app.
        Bot = 2 "BOT",
    }
}
