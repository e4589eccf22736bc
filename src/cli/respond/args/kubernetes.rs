//! Actions of Kubernetes alone, as they are typed.

use super::on_targets;

on_targets! {
    /// Cut a pod off from the network
    ///
    /// Example:
    ///
    ///     ctadel respond isolate-pod shop/api-7d9f
    IsolatePodArgs("The pod: NAMESPACE/NAME")
}

on_targets! {
    /// Let no new pod onto a node
    ///
    /// Example:
    ///
    ///     ctadel respond cordon-node worker-1
    CordonNodeArgs("The node")
}

on_targets! {
    /// Remove a role binding of Kubernetes
    ///
    /// Example:
    ///
    ///     ctadel respond remove-rolebinding shop/editors
    RemoveRolebindingArgs("The binding: NAMESPACE/NAME, or NAME for a cluster's")
}

on_targets! {
    /// Delete a service account's token for good
    ///
    /// Example:
    ///
    ///     ctadel respond delete-token shop/ci-token --irreversible
    DeleteTokenArgs("The secret: NAMESPACE/NAME")
}
