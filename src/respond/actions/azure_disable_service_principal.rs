//! Entra: a service principal gets no tokens any more.

use serde_json::json;

use crate::respond::action::{Action, Ask, Permissions, text};
use crate::respond::cloud::Cloud;
use crate::respond::plan::{Call, Draft, Probe, Step};
use crate::respond::provider::Provider;
use crate::respond::reason::Refused;

/// The action.
pub struct DisableServicePrincipal;

impl Action for DisableServicePrincipal {
    fn name(&self) -> &'static str {
        "disable-service-principal"
    }

    fn provider(&self) -> Provider {
        Provider::Azure
    }

    fn kind(&self) -> &'static str {
        "entra.service-principal.disable"
    }

    fn permissions(&self) -> Permissions {
        Permissions {
            read: &["Application.Read.All", "Organization.Read.All"],
            act: &["Application.ReadWrite.All"],
            undo: &["Application.ReadWrite.All"],
        }
    }

    fn draft(&self, cloud: &Cloud<'_>, ask: &Ask) -> Result<Draft, Refused> {
        let mut found = cloud.find("graph:GetServicePrincipal", json!({"id": ask.target}))?;
        // Some logs know the application alone.
        if found.is_none() {
            let app = json!({"app": ask.target});
            found = cloud.find("graph:GetServicePrincipalOfApp", app)?;
        }
        let found = found.ok_or_else(|| Refused::missing("service principal", &ask.target))?;
        let id = found["id"].clone();
        let mut draft = Draft::new(
            "service principal",
            text(&found, "displayName"),
            text(&found, "id"),
        );
        draft.facts.ids.push(text(&found, "appId").to_owned());
        draft.identity = Some(Probe::new("principal-id", json!({"id": id})));
        match text(&found, "servicePrincipalType") {
            "ManagedIdentity" => {
                draft.facts.owned = Some("a managed identity cannot be disabled: remove-role-assignment takes its rights".to_owned());
            }
            _ if text(&found, "appOwnerOrganizationId")
                == "f8cdef31-a31e-4b4a-93e4-5f571e91255a" =>
            {
                draft.facts.owned = Some("the application is Microsoft's own".to_owned());
            }
            _ => {}
        }
        let set = |on: bool| {
            Call::new(
                "graph:UpdateServicePrincipal",
                json!({"id": id, "body": {"accountEnabled": on}}),
            )
        };
        let probe = Probe::new("principal-enabled", json!({"id": id}));
        let before = found["accountEnabled"].clone();
        let step = Step::new(
            set(false),
            "the principal gets no token any more",
            probe,
            before,
            json!(false),
        );
        draft.step(step.back(set(true), "the principal gets tokens again"));
        draft.settle = 5;
        draft.warn("tokens that are out live on for up to an hour");
        Ok(draft)
    }
}
