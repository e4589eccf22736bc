//! AWS: switches the access log of a bucket on again.

use serde_json::{Value, json};

use crate::respond::action::{Action, Ask, Permissions, text, usage};
use crate::respond::aws::name_of;
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;

/// The action.
pub struct RestoreBucketLogging;

impl Action for RestoreBucketLogging {
    fn name(&self) -> &'static str {
        "restore-bucket-logging"
    }

    fn provider(&self) -> Provider {
        Provider::Aws
    }

    fn kind(&self) -> &'static str {
        "aws.s3.bucket.restore-logging"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &["s3:GetBucketLogging"],
            act: &["s3:PutBucketLogging"],
            undo: &["s3:PutBucketLogging"],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let bucket = name_of(&ask.target);
        let mut draft = Draft::new("bucket", bucket, &format!("arn:aws:s3:::{bucket}"));
        let Some(to) = &ask.bucket else {
            return Err(usage(
                "restore-bucket-logging needs --target-bucket: where the log went is not kept by AWS",
            ));
        };
        let prefix = ask.prefix.clone().unwrap_or_default();
        let probe = Probe::new("bucket-logging", json!({"Bucket": bucket}));
        let before = crate::respond::probe::ask(cloud, &probe)?;
        let after = json!({"TargetBucket": to, "TargetPrefix": prefix});
        let put = |state: &Value| {
            let params = json!({"Bucket": bucket, "body": body(state)});
            Call::new("s3:PutBucketLogging", params)
        };
        let summary = format!("access log to {to}/{prefix}");
        let step = Step::new(put(&after), &summary, probe, before.clone(), after);
        draft.step(step.back(put(&before), "access log as it was before"));
        draft.settle = 2;
        Ok(draft)
    }
}

fn body(state: &Value) -> String {
    let space = "http://s3.amazonaws.com/doc/2006-03-01/";
    let escaped = |field: &str| quick_xml::escape::escape(text(state, field)).into_owned();
    let inner = match state {
        Value::Object(_) => format!(
            "<LoggingEnabled><TargetBucket>{}</TargetBucket><TargetPrefix>{}</TargetPrefix></LoggingEnabled>",
            escaped("TargetBucket"),
            escaped("TargetPrefix"),
        ),
        _ => String::new(),
    };
    format!("<BucketLoggingStatus xmlns=\"{space}\">{inner}</BucketLoggingStatus>")
}
