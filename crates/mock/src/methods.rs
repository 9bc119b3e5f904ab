//! The rules of get, delete and patch: what a request changes, or why it is refused.
//!
//! The rules are those of the API reference; the others are marked as design decisions.

use gchat_filter::list::{
    MembershipName, Reference, RpcCode, Status, UpdateMask, Violation, Violations,
};
use gchat_filter::members::{Membership, MembershipRole, MembershipState, UserOrGroup, UserType};

use super::call::{Call, allowed, is_own};
use super::index::MembershipClass;
use super::space_settings::Standing;
use super::state::{Change, Space, user_id};

impl<'w> Call<'w> {
    /// Returns the space and the membership of a name.
    fn existing(&self, name: &MembershipName) -> Result<(&'w Space, &'w Membership), Status> {
        let id = self.state.people.resolve(&name.member, &self.who.app);
        let own_app = id == Some(&*self.who.app);
        let space = self.space(&name.space, own_app)?;
        let member = id.and_then(|id| space.member(id));
        // A former member is treated as missing (design decision).
        let member = member
            .filter(|member| member.state != MembershipState::NotAMember)
            .ok_or_else(Status::not_found)?;
        // Groups require user authentication, even for reading.
        if is_group(member) {
            self.check_user_authentication()?;
        }
        Ok((space, member))
    }

    /// Returns a membership.
    pub(super) fn get(&self, name: &MembershipName) -> Result<Membership, Status> {
        let (_, member) = self.existing(name)?;
        allowed(!self.admin || !is_app(member))?;
        Ok(member.clone())
    }

    /// Removes a member.
    pub(super) fn delete(&self, name: &MembershipName) -> Result<Change, Status> {
        let (space, member) = self.existing(name)?;
        if is_app(member) {
            self.check_own_app(user_id(member) == Some(&*self.who.app))?;
            if name.member != Reference::CallingApp {
                let description = "the calling app is removed as `spaces/{space}/members/app`";
                return Err(Violation::new("name", description).into());
            }
            if !self.who.is_app() {
                self.check_permission(space, space.manage_apps)?;
            }
        } else if !is_own(self, member) {
            // Managers are removed by managers.
            allowed(self.standing(space) >= required_standing(&member.role))?;
            self.check_permission(space, space.manage_members)?;
        }
        check_manager_remains(space, member, "removed")?;
        Ok(Change::Remove(member.name.clone()))
    }

    /// Changes a member's role.
    pub(super) fn patch(
        &self,
        name: &MembershipName,
        update_mask: &str,
        body: &Membership,
    ) -> Result<Change, Status> {
        let mut violations = Vec::new();
        if let Err(error) = UpdateMask::parse(update_mask) {
            violations.push(Violation::new("updateMask", error));
        }
        if !matches!(
            body.role,
            MembershipRole::Member | MembershipRole::Manager | MembershipRole::AssistantManager
        ) {
            let description = "required: `ROLE_MEMBER`, `ROLE_MANAGER` or `ROLE_ASSISTANT_MANAGER`";
            violations.push(Violation::new("membership.role", description));
        }
        if let Some(violations) = Violations::new(violations) {
            return Err(violations.into());
        }
        let (space, member) = self.existing(name)?;
        self.check_role_change(space, member, &body.role)?;
        if is_group(member) {
            let description = "the role of a Google Group cannot be changed";
            return Err(Violation::new("name", description).into());
        }
        if is_app(member) && body.role != MembershipRole::Member {
            let description = "an app cannot manage a space: its role must be `ROLE_MEMBER`";
            return Err(Violation::new("membership.role", description).into());
        }
        if !space.has_roles() && body.role != MembershipRole::Member {
            return Err(Status::new(
                RpcCode::FailedPrecondition,
                format!(
                    "`{}` is allowed only in spaces whose `spaceType` is `SPACE`; in other spaces \
                     the role must be `ROLE_MEMBER`.",
                    body.role
                ),
            ));
        }
        if body.role != MembershipRole::Manager {
            check_manager_remains(space, member, "demoted")?;
        }
        Change::put(Membership {
            role: body.role.clone(),
            ..member.clone()
        })
    }

    /// Checks that the caller may change a member's role: an owner any role, an assistant manager any
    /// but an owner's, without making anyone an owner, and a plain member none. Admin access does not
    /// reach apps. App authentication reaches only spaces that the app created.
    fn check_role_change(
        &self,
        space: &Space,
        member: &Membership,
        role: &MembershipRole,
    ) -> Result<(), Status> {
        allowed(!self.admin || !is_app(member))?;
        let involves_owner = [&member.role, role].contains(&&MembershipRole::Manager);
        let required = if involves_owner {
            Standing::Owner
        } else {
            Standing::AssistantManager
        };
        allowed(self.standing(space) >= required)
    }
}

/// Returns the standing that is required to remove a member with a role.
fn required_standing(role: &MembershipRole) -> Standing {
    match role {
        MembershipRole::Manager => Standing::Owner,
        MembershipRole::AssistantManager => Standing::AssistantManager,
        _ => Standing::Member,
    }
}

fn is_group(member: &Membership) -> bool {
    matches!(member.member, Some(UserOrGroup::Group(_)))
}

fn is_app(member: &Membership) -> bool {
    matches!(&member.member, Some(UserOrGroup::User(user)) if user.user_type == UserType::Bot)
}

/// Checks that the member is not the only manager who has joined the space.
///
/// # Errors
///
/// 400 `FAILED_PRECONDITION` if they are.
fn check_manager_remains(space: &Space, member: &Membership, what: &str) -> Result<(), Status> {
    if Standing::of(MembershipClass::of(member)) == Standing::Owner && space.owners() == 1 {
        return Err(Status::new(
            RpcCode::FailedPrecondition,
            format!(
                "The only space manager cannot be {what}: make another member a manager first."
            ),
        ));
    }
    Ok(())
}
