//! AWS: stops a function without touching its code.

use serde_json::{Value, json};

use super::aws_user::account;
use crate::respond::action::{Action, Ask, Permissions};
use crate::respond::aws::name_of;
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Reach, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;

/// The action.
pub struct DisableFunction;

impl Action for DisableFunction {
    fn name(&self) -> &'static str {
        "disable-function"
    }

    fn provider(&self) -> Provider {
        Provider::Aws
    }

    fn kind(&self) -> &'static str {
        "aws.lambda.function.disable"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &["lambda:GetFunctionConcurrency"],
            act: &["lambda:PutFunctionConcurrency"],
            undo: &[
                "lambda:DeleteFunctionConcurrency",
                "lambda:PutFunctionConcurrency",
            ],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let name = name_of(&ask.target);
        let mut draft = Draft::new("function", name, &ask.target);
        if ask.target.starts_with("arn:") {
            draft.facts.account = Some(account(&ask.target));
        }
        let object = json!({"FunctionName": name});
        let probe = Probe::new("function-concurrency", object.clone());
        let found = cloud.find("lambda:GetFunctionConcurrency", object.clone())?;
        let found = found.ok_or_else(|| Refused::missing("function", name))?;
        let before = found["ReservedConcurrentExecutions"].clone();
        let put = |count: &Value| {
            let body = json!({"ReservedConcurrentExecutions": count});
            let params = json!({"FunctionName": name, "body": body});
            Call::new("lambda:PutFunctionConcurrency", params)
        };
        let back = match &before {
            Value::Number(_) => put(&before),
            _ => Call::new("lambda:DeleteFunctionConcurrency", object),
        };
        let summary = format!("no execution of {name} any more");
        let step = Step::new(put(&json!(0)), &summary, probe, before, json!(0));
        draft.step(step.back(back, "as many executions as before"));
        draft
            .blast
            .note(Reach::Medium, "whatever calls the function is refused");
        draft.settle = 2;
        Ok(draft)
    }
}
