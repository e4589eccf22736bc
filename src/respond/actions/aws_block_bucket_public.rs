//! AWS: closes a bucket to everybody outside.

use serde_json::{Value, json};

use crate::respond::action::{Action, Ask, Permissions};
use crate::respond::aws::{BLOCKS, name_of};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Reach, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;

/// The action.
pub struct BlockBucketPublic;

impl Action for BlockBucketPublic {
    fn name(&self) -> &'static str {
        "block-bucket-public"
    }

    fn provider(&self) -> Provider {
        Provider::Aws
    }

    fn kind(&self) -> &'static str {
        "aws.s3.bucket.block-public"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &["s3:GetBucketPublicAccessBlock"],
            act: &["s3:PutBucketPublicAccessBlock"],
            undo: &["s3:PutBucketPublicAccessBlock"],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let bucket = name_of(&ask.target);
        let mut draft = Draft::new("bucket", bucket, &format!("arn:aws:s3:::{bucket}"));
        let probe = Probe::new("bucket-block", json!({"Bucket": bucket}));
        let before = crate::respond::probe::ask(cloud, &probe)?;
        let all = |flag: &str| (flag.to_owned(), json!(true));
        let after = Value::Object(BLOCKS.into_iter().map(all).collect());
        let put = |state: &Value| {
            Call::new(
                "s3:PutPublicAccessBlock",
                json!({"Bucket": bucket, "body": body(state)}),
            )
        };
        let back = match &before {
            Value::Object(_) => put(&before),
            _ => Call::new("s3:DeletePublicAccessBlock", json!({"Bucket": bucket})),
        };
        let step = Step::new(put(&after), "all four blocks on", probe, before, after);
        draft.step(step.back(back, "the blocks as they were before"));
        draft.blast.note(
            Reach::Medium,
            "whatever is published from the bucket goes dark",
        );
        draft.settle = 2;
        Ok(draft)
    }
}

fn body(state: &Value) -> String {
    let space = "http://s3.amazonaws.com/doc/2006-03-01/";
    let flag = |name: &str| format!("<{name}>{}</{name}>", state[name] == true);
    let flags: String = BLOCKS.into_iter().map(flag).collect();
    format!(
        "<PublicAccessBlockConfiguration xmlns=\"{space}\">{flags}</PublicAccessBlockConfiguration>"
    )
}
