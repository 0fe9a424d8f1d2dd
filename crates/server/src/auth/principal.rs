//! Who is calling, once that is proved.

use horarium_api::{WireEnum as _, enums::Role};
use horarium_core::{KeyId, UserId};
use jiff::Timestamp;
use uuid::Uuid;

use super::error::{AuthError, Result};

/// A caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    pub kind: PrincipalKind,
    /// What the caller may do now: of a user's key, not more than the user.
    pub role: Role,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrincipalKind {
    User {
        id: UserId,
        email: String,
        /// The login that the access token came from.
        session: Uuid,
    },
    ApiKey {
        id: KeyId,
        name: String,
        /// Who made it; `None` for the key of an unattended start.
        owner: Option<UserId>,
        expires_at: Option<Timestamp>,
    },
}

impl Principal {
    /// For `createdBy`, `triggeredBy` and people.
    pub fn display_name(&self) -> &str {
        match &self.kind {
            PrincipalKind::User { email, .. } => email,
            PrincipalKind::ApiKey { name, .. } => name,
        }
    }

    /// A text that no other caller has: `user:<id>` or `key:<id>`.
    pub fn subject(&self) -> String {
        match &self.kind {
            PrincipalKind::User { id, .. } => format!("user:{id}"),
            PrincipalKind::ApiKey { id, .. } => format!("key:{id}"),
        }
    }

    /// The person who answers for what the caller does.
    pub fn owner(&self) -> Option<UserId> {
        match &self.kind {
            PrincipalKind::User { id, .. } => Some(*id),
            PrincipalKind::ApiKey { owner, .. } => *owner,
        }
    }

    /// Whether the caller may give `role` away.
    pub fn may_grant(&self, role: Role) -> bool {
        rank(role) <= rank(self.role)
    }
}

/// Roles by what they allow: each may do all that a lower one may.
fn rank(role: Role) -> u8 {
    match role {
        Role::Viewer => 0,
        Role::Operator => 1,
        Role::Administrator => 2,
    }
}

/// The role that allows less.
pub(super) fn lower(one: Role, other: Role) -> Role {
    if rank(one) <= rank(other) { one } else { other }
}

/// A role as stored.
pub(super) fn read_role(word: &str) -> Result<Role> {
    Role::by_word(word)
        .ok_or_else(|| AuthError::Damaged(format!("`{word}` is stored as a role and is none")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gives_away_more_than_they_have() {
        let check = |own: Role, given: Role, expect: bool| {
            let kind = PrincipalKind::User {
                id: UserId(Uuid::nil()),
                email: String::new(),
                session: Uuid::nil(),
            };
            let principal = Principal { kind, role: own };
            assert_eq!(principal.may_grant(given), expect, "{own:?} gives {given:?}");
        };
        check(Role::Administrator, Role::Administrator, true);
        check(Role::Operator, Role::Administrator, false);
        check(Role::Operator, Role::Operator, true);
        check(Role::Viewer, Role::Operator, false);
        check(Role::Viewer, Role::Viewer, true);
    }

    #[test]
    fn every_role_reads_back_and_nothing_else() {
        for role in Role::ALL {
            assert_eq!(read_role(role.name()).unwrap(), *role);
        }
        assert!(read_role("Root").is_err());
    }
}
