//! AWS: takes back what a snapshot or image was shared with.

use serde_json::{Value, json};

use super::aws_user::account;
use crate::respond::action::{Action, Ask, Permissions};
use crate::respond::aws::name_of;
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;
use crate::respond::wire::{items, plain};

/// The action.
pub struct MakeSnapshotPrivate;

impl Action for MakeSnapshotPrivate {
    fn name(&self) -> &'static str {
        "make-snapshot-private"
    }

    fn provider(&self) -> Provider {
        Provider::Aws
    }

    fn kind(&self) -> &'static str {
        "aws.snapshot.make-private"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &[
                "ec2:DescribeImageAttribute",
                "ec2:DescribeSnapshotAttribute",
                "rds:DescribeDBSnapshotAttributes",
            ],
            act: &[
                "ec2:ModifyImageAttribute",
                "ec2:ModifySnapshotAttribute",
                "rds:ModifyDBSnapshotAttribute",
            ],
            undo: &[
                "ec2:ModifyImageAttribute",
                "ec2:ModifySnapshotAttribute",
                "rds:ModifyDBSnapshotAttribute",
            ],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let what = Kind::of(&ask.target);
        let id = name_of(&ask.target);
        let mut draft = Draft::new(what.word(), id, &ask.target);
        if ask.target.starts_with("arn:") {
            draft.facts.account = Some(account(&ask.target)).filter(|account| !account.is_empty());
        }
        let probe = Probe::new(what.probe(), json!({ what.field(): id }));
        let shares = crate::respond::probe::ask(cloud, &probe)?;
        if shares.is_null() {
            return Err(Refused::missing(what.word(), id));
        }
        let summary = match items(&shares) {
            [] => "shared with nobody".to_owned(),
            list => format!(
                "no longer shared with {}",
                list.iter().map(plain).collect::<Vec<_>>().join(", ")
            ),
        };
        let step = Step::new(
            what.call(id, "remove", &shares),
            &summary,
            probe,
            shares.clone(),
            json!([]),
        );
        draft.step(step.back(what.call(id, "add", &shares), "shared as before"));
        draft.settle = 2;
        draft.warn("copies that were made meanwhile stay where they are");
        Ok(draft)
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Snapshot,
    Image,
    Database,
}

impl Kind {
    fn of(target: &str) -> Kind {
        match target {
            target if target.starts_with("snap-") || target.contains(":snapshot/") => {
                Kind::Snapshot
            }
            target if target.starts_with("ami-") || target.contains(":image/") => Kind::Image,
            _ => Kind::Database,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Kind::Snapshot => "snapshot",
            Kind::Image => "image",
            Kind::Database => "database snapshot",
        }
    }

    fn field(self) -> &'static str {
        match self {
            Kind::Snapshot => "SnapshotId",
            Kind::Image => "ImageId",
            Kind::Database => "DBSnapshotIdentifier",
        }
    }

    fn probe(self) -> &'static str {
        match self {
            Kind::Snapshot => "snapshot-shares",
            Kind::Image => "image-shares",
            Kind::Database => "db-snapshot-shares",
        }
    }

    fn call(self, id: &str, verb: &str, shares: &Value) -> Call {
        let shares: Vec<String> = items(shares).iter().map(plain).collect();
        let groups: Vec<&str> = shares
            .iter()
            .filter_map(|share| share.strip_prefix("group:"))
            .collect();
        let users: Vec<&String> = shares
            .iter()
            .filter(|share| !share.starts_with("group:"))
            .collect();
        match self {
            Kind::Database => {
                let list = if verb == "add" {
                    "ValuesToAdd"
                } else {
                    "ValuesToRemove"
                };
                let params =
                    json!({"DBSnapshotIdentifier": id, "AttributeName": "restore", list: shares});
                Call::new("rds:ModifyDBSnapshotAttribute", params)
            }
            // This form and not the one with `Remove`, which doubles of AWS take and ignore.
            Kind::Snapshot => {
                let params = json!({"SnapshotId": id, "Attribute": "createVolumePermission",
                    "OperationType": verb, "UserId": users, "UserGroup": groups});
                Call::new("ec2:ModifySnapshotAttribute", params)
            }
            Kind::Image => {
                let params = json!({"ImageId": id, "Attribute": "launchPermission",
                    "OperationType": verb, "UserId": users, "UserGroup": groups});
                Call::new("ec2:ModifyImageAttribute", params)
            }
        }
    }
}
