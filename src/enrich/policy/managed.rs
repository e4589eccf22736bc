//! AWS managed policies that make an administrator.
//!
//! A policy ARN enters, a yes or no leaves. The text of these policies never stands in a log, so
//! their names have to be known.

/// Managed policies whose holder can get every right in the account:
/// * `AdministratorAccess`, `IAMFullAccess`: by their text
/// * `PowerUserAccess`: everything but IAM, which is all an intruder needs and more than any
///   workload does
/// * `AdministratorAccess-Amplify`: may create roles with any permission, as AWS's own page on
///   it says
///
/// The policies for job functions under `job-function/` are left out: AWS limits the names of the
/// roles they may pass, <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_job-functions.html>;
/// the job functions that are not limited are the first and third of this list.
const ADMIN_POLICIES: [&str; 4] = [
    "AdministratorAccess",
    "AdministratorAccess-Amplify",
    "IAMFullAccess",
    "PowerUserAccess",
];

/// Tells whether the ARN names one of them, in any partition. A customer's policy of the same
/// name is not: what it grants is known by its document alone.
pub fn admin_policy_arn(arn: &str) -> bool {
    let fields: Vec<&str> = arn.trim().splitn(6, ':').collect();
    let [prefix, partition, "iam", "", "aws", rest] = fields.as_slice() else {
        return false;
    };
    *prefix == "arn"
        && partition.starts_with("aws")
        && rest
            .strip_prefix("policy/")
            .is_some_and(|name| ADMIN_POLICIES.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_whole_and_amazon_s_own() {
        for (arn, want) in [
            ("arn:aws:iam::aws:policy/AdministratorAccess", true),
            ("arn:aws-cn:iam::aws:policy/IAMFullAccess", true),
            ("arn:aws-us-gov:iam::aws:policy/PowerUserAccess", true),
            (
                " arn:aws:iam::aws:policy/AdministratorAccess-Amplify ",
                true,
            ),
            ("arn:aws:iam::aws:policy/ReadOnlyAccess", false),
            (
                "arn:aws:iam::aws:policy/job-function/SystemAdministrator",
                false,
            ),
            (
                "arn:aws:iam::aws:policy/job-function/AdministratorAccess",
                false,
            ),
            (
                "arn:aws:iam::111122223333:policy/AdministratorAccess",
                false,
            ),
            ("arn:aws:iam::aws:role/AdministratorAccess", false),
            ("AdministratorAccess", false),
            ("arn:aws:iam::aws", false),
            ("", false),
        ] {
            assert_eq!(admin_policy_arn(arn), want, "{arn}");
        }
    }
}
