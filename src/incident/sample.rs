//! Findings for tests, made by saying only what matters.
//!
//! Enter words; leaves a finding. The rest of its fields are filled with quiet defaults.

use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::model::attack::Attack;
use crate::model::time::{MINUTE, SECOND};
use crate::model::{
    Actor, ActorType, Evidence, Finding, Layer, Outcome, RuleMeta, Severity, Suggestion, Target,
    Time,
};

/// A finding in the making.
pub(super) struct Sample {
    finding: Finding,
    actor: Actor,
    rule: RuleMeta,
}

/// The id of a finding of `rule` at a minute.
pub(super) fn finding_id(minute: i64, rule: &str) -> String {
    let number = FixedState::default().hash_one((minute, rule));
    format!("F-{number:016x}")
}

/// Starts a finding of `rule` at a minute of a fixed day.
pub(super) fn finding(minute: i64, rule: &str) -> Sample {
    let day = 1_719_792_000 * SECOND;
    let time = Time(day + minute * MINUTE);
    let meta = RuleMeta {
        id: rule.into(),
        title: format!("Rule {rule}"),
        ..RuleMeta::default()
    };
    Sample {
        finding: Finding {
            id: finding_id(minute, rule),
            rule: Arc::new(meta.clone()),
            severity: Severity::Medium,
            time,
            end_time: time,
            count: 1,
            source: "aws.cloudtrail",
            layer: Layer::Cloud,
            provider: "aws",
            account: Some("111122223333".into()),
            region: Some("eu-west-3".into()),
            actor: Arc::default(),
            via: vec![],
            root: String::new(),
            source_ip: None,
            user_agent: None,
            action: "s3:GetObject".into(),
            outcome: Outcome::Success,
            targets: vec![],
            evidence: vec![Evidence {
                file: "log.json.gz".into(),
                record: minute.unsigned_abs(),
                uid: format!("{rule}-{minute}"),
            }],
            evidence_total: 1,
            group: vec![],
            credentials: vec![],
            retold: vec![],
            issued_at: None,
            respond: vec![],
            incident: None,
            key: 0,
        },
        actor: Actor::default(),
        rule: meta,
    }
}

impl Sample {
    pub(super) fn user(mut self, name: &str) -> Self {
        self.actor = Actor {
            id: format!("AIDA{}EXAMPLE", name.to_uppercase()),
            name: name.into(),
            kind: ActorType::User,
            account: self.finding.account.clone(),
            principal: Some(format!("arn:aws:iam::111122223333:user/{name}")),
            ..self.actor
        };
        self
    }

    pub(super) fn role(mut self, role: &str, session: &str) -> Self {
        self.actor = Actor {
            id: format!("AROA{}EXAMPLE:{session}", role.to_uppercase()),
            name: format!("{role}/{session}"),
            kind: ActorType::RoleSession,
            account: self.finding.account.clone(),
            issuer: Some(format!("arn:aws:iam::111122223333:role/{role}")),
            principal: Some(format!(
                "arn:aws:sts::111122223333:assumed-role/{role}/{session}"
            )),
            ..self.actor
        };
        self
    }

    pub(super) fn service(mut self, name: &str) -> Self {
        self.actor = Actor {
            id: name.into(),
            name: name.into(),
            kind: ActorType::CloudService,
            ..self.actor
        };
        self
    }

    pub(super) fn key(mut self, credential: &str) -> Self {
        self.actor.session = Some(credential.into());
        self.finding.credentials.push(credential.into());
        self
    }

    pub(super) fn issued(mut self, credential: &str) -> Self {
        self.finding.credentials.push(credential.into());
        self
    }

    pub(super) fn root(mut self, root: &str) -> Self {
        self.finding.root = root.into();
        self
    }

    /// A call of a service account, with the pod that holds its token.
    pub(super) fn account_of(mut self, account: &str, pod: &str) -> Self {
        self.finding.layer = Layer::Kubernetes;
        self.finding.provider = "kubernetes";
        self.actor = Actor {
            id: account.into(),
            name: account.into(),
            kind: ActorType::K8sServiceAccount,
            via: vec![format!("pod:{pod}")],
            ..self.actor
        };
        self
    }

    /// A call of a service account whose log names no pod.
    pub(super) fn account_alone(self, account: &str) -> Self {
        let mut sample = self.account_of(account, "");
        sample.actor.via.clear();
        sample
    }

    /// A call by somebody whom another provider vouches for.
    pub(super) fn federated(mut self, id: &str, provider: &'static str) -> Self {
        self.finding.provider = provider;
        self.actor = Actor {
            id: id.into(),
            name: id.into(),
            kind: ActorType::Federated,
            ..self.actor
        };
        self
    }

    /// An application's identity.
    pub(super) fn principal(mut self, name: &str) -> Self {
        self.actor = Actor {
            id: format!("6325ae60-0000-4000-8000-{name}"),
            name: name.into(),
            kind: ActorType::ServicePrincipal,
            ..self.actor
        };
        self
    }

    /// The event it is about.
    pub(super) fn event(mut self, key: u64) -> Self {
        self.finding.key = key;
        self
    }

    /// Its rule is about this technique.
    pub(super) fn technique(mut self, technique: &str) -> Self {
        self.rule.attack.push(Attack {
            tactic: "credential-access",
            tactic_id: "",
            technique: technique.into(),
        });
        self
    }

    /// An alert out of a pod.
    pub(super) fn pod(mut self, pod: &str) -> Self {
        self.finding.layer = Layer::Runtime;
        self.finding.provider = "runtime";
        self.actor = Actor {
            id: format!("pod:{pod}"),
            name: pod.into(),
            kind: ActorType::Workload,
            ..self.actor
        };
        self
    }

    /// When the first credential of its chain was issued.
    pub(super) fn issued_at(mut self, minute: i64) -> Self {
        let start = finding(minute, "").finding.time;
        self.finding.issued_at = Some(start);
        self
    }

    pub(super) fn via(mut self, chain: &[&str]) -> Self {
        self.finding.via = chain.iter().map(|id| id.to_string()).collect();
        self
    }

    pub(super) fn ip(mut self, address: &str) -> Self {
        self.finding.source_ip = Some(address.into());
        self
    }

    pub(super) fn agent(mut self, agent: &str) -> Self {
        self.finding.user_agent = Some(agent.into());
        self
    }

    pub(super) fn account(mut self, account: &str) -> Self {
        self.finding.account = Some(account.into());
        self
    }

    pub(super) fn action(mut self, action: &str) -> Self {
        self.finding.action = action.into();
        self
    }

    pub(super) fn target(mut self, kind: &str, id: &str) -> Self {
        self.finding.targets.push(Target {
            kind: kind.into(),
            id: id.into(),
            name: id.rsplit('/').next().unwrap_or(id).into(),
            account: None,
        });
        self
    }

    pub(super) fn denied(mut self) -> Self {
        self.finding.outcome = Outcome::Denied;
        self
    }

    pub(super) fn severity(mut self, severity: Severity) -> Self {
        self.finding.severity = severity;
        self
    }

    pub(super) fn tactic(mut self, tactic: &str) -> Self {
        const KNOWN: [&str; 8] = [
            "initial-access",
            "execution",
            "persistence",
            "privilege-escalation",
            "credential-access",
            "discovery",
            "exfiltration",
            "impact",
        ];
        let known = KNOWN.iter().find(|known| **known == tactic);
        self.rule.attack.push(Attack {
            tactic: known.expect("the test names a tactic of the list"),
            tactic_id: "",
            technique: String::new(),
        });
        self
    }

    pub(super) fn respond<const N: usize>(mut self, list: [Suggestion; N]) -> Self {
        self.finding.respond = list.into();
        self
    }

    /// The id of whoever acts.
    pub(super) fn id(&self) -> String {
        self.actor.id.clone()
    }

    pub(super) fn get(self) -> Finding {
        let mut finding = self.finding;
        finding.rule = Arc::new(self.rule);
        if finding.root.is_empty() {
            finding.root.clone_from(&self.actor.id);
        }
        finding.actor = Arc::new(self.actor);
        // Two findings are about one event only where the test says so.
        if finding.key == 0 {
            let who = (&*finding.actor, &finding.source_ip, &finding.rule.id);
            finding.key = FixedState::default().hash_one((who, &finding.id, &finding.targets));
        }
        finding
    }
}
