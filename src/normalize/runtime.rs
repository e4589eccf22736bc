//! What the sources inside containers have in common: where a process ran, and on what.
//!
//! Falco, Tetragon and Tracee name pods, containers and nodes under their own keys; here they
//! become the same actors and targets, so that alerts about one pod meet.

use crate::model::{Actor, ActorType, Target};

/// Characters of a container id that every tool prints.
const SHORT: usize = 12;
/// Longest command line or path that names a target.
const LONGEST: usize = 200;

/// Where a process ran.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// Namespace of the pod.
    pub namespace: Option<String>,
    /// Name of the pod.
    pub pod: Option<String>,
    /// Container id as the log writes it.
    pub container: Option<String>,
    /// Name of the container.
    pub container_name: Option<String>,
    /// Node or host.
    pub node: Option<String>,
    /// Image with its tag.
    pub image: Option<String>,
}

impl Place {
    /// The pod as `namespace/name`.
    pub fn pod_id(&self) -> Option<String> {
        let pod = self.pod.as_deref()?;
        Some(match &self.namespace {
            Some(namespace) => format!("{namespace}/{pod}"),
            None => pod.to_owned(),
        })
    }

    /// The container's id in the length that every tool prints.
    pub fn container_id(&self) -> Option<String> {
        let id = self.container.as_deref()?;
        let id = id.rsplit_once("://").map_or(id, |(_, id)| id);
        let id = id.strip_suffix(".scope").unwrap_or(id);
        let id = id.rsplit('-').next().unwrap_or(id);
        let hex = id.len() >= SHORT && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        hex.then(|| id[..SHORT].to_ascii_lowercase())
    }

    /// The workload as the one who acted: the pod, else the container, else the machine.
    pub fn actor(&self) -> Actor {
        let (id, name) = match (self.pod_id(), self.container_id(), &self.node) {
            (Some(pod), ..) => (format!("pod:{pod}"), pod),
            (None, Some(container), _) => {
                let name = self.container_name.clone();
                let name = name.unwrap_or_else(|| container.clone());
                (format!("container:{container}"), name)
            }
            (None, None, Some(node)) => (format!("host:{node}"), node.clone()),
            (None, None, None) => ("host".to_owned(), "an unnamed host".to_owned()),
        };
        Actor {
            id,
            name,
            kind: ActorType::Workload,
            ..Actor::default()
        }
    }

    /// The same places as targets, the closest first.
    pub fn targets(&self) -> Vec<Target> {
        let mut out = Vec::new();
        if let Some(pod) = self.pod_id() {
            out.push(target("pod", pod.clone(), &pod));
        }
        if let Some(container) = self.container_id() {
            let name = self.container_name.as_deref().unwrap_or(&container);
            out.push(target("container", container.clone(), name));
        }
        if let Some(node) = &self.node {
            out.push(target("node", node.clone(), node));
        }
        if let Some(image) = &self.image {
            out.push(target("image", image.clone(), image));
        }
        out
    }
}

/// A target of this kind; long ids are cut.
pub fn target(kind: &str, id: String, name: &str) -> Target {
    let cut = |text: &str| match text.char_indices().nth(LONGEST) {
        Some((end, _)) => text[..end].to_owned(),
        None => text.to_owned(),
    };
    Target {
        kind: kind.to_owned(),
        id: if id.len() > LONGEST { cut(&id) } else { id },
        name: cut(name),
        account: None,
    }
}

/// Words that tools write where they know nothing.
pub fn known(text: &str) -> bool {
    !matches!(
        text,
        "" | "<NA>" | "null" | "<nil>" | "N/A" | "host" | "none"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_container_has_one_id_whoever_names_it() {
        let full = "0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9";
        for id in [
            full.to_owned(),
            full[..12].to_owned(),
            full[..31].to_owned(),
            format!("containerd://{full}"),
            format!("cri-containerd-{full}.scope"),
        ] {
            let place = Place {
                container: Some(id.clone()),
                ..Place::default()
            };
            assert_eq!(
                place.container_id().as_deref(),
                Some("0a1b2c3d4e5f"),
                "{id}"
            );
        }
        for id in ["", "host", "0a1b", "not-hex-at-all-x"] {
            let place = Place {
                container: Some(id.to_owned()),
                ..Place::default()
            };
            assert_eq!(place.container_id(), None, "{id}");
        }
    }
}
