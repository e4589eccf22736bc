//! Advice, word by word and provider by provider.
//!
//! A table of texts. `{name}` stands for a target of the finding, quoted for a shell; a text
//! without a provider holds for all that have none of their own.

/// One text: the word, the provider (empty for any), the text.
pub(super) type Line = (&'static str, &'static str, &'static str);

/// What a person does where no action exists. AWS texts name the command.
pub(super) const GUIDE: &[Line] = &[
    // Families that usually have an action, where the finding lacks the target for it.
    (
        "disable-user",
        "aws",
        "Find who stands behind {actor} and deny that identity: aws iam put-user-policy with a policy that denies everything; for the root user change the password and remove its keys in the console under Security credentials; for a federated person disable the account at the identity provider",
    ),
    (
        "disable-user",
        "gcp",
        "Suspend the person in the Workspace admin console under Directory, Users",
    ),
    (
        "disable-user",
        "kubernetes",
        "Remove the bindings that name {actor}: kubectl get rolebindings,clusterrolebindings -A -o wide",
    ),
    (
        "disable-user",
        "",
        "Disable the account of {actor} at its provider",
    ),
    (
        "lock-user",
        "aws",
        "Deny everything to the user: aws iam put-user-policy --user-name {user}",
    ),
    (
        "lock-user",
        "",
        "Lock the account of {actor} at its provider",
    ),
    (
        "disable-service-account",
        "aws",
        "Deny everything to the role behind {actor}: aws iam put-role-policy --role-name {role}; a role that a service or Identity Center owns is stopped there",
    ),
    (
        "disable-service-account",
        "scaleway",
        "Detach every policy of the application: scw iam policy list, then scw iam policy update no-principal=true",
    ),
    (
        "disable-service-account",
        "kubernetes",
        "Remove the bindings of the service account {actor}",
    ),
    (
        "disable-service-account",
        "",
        "Disable the service account {actor} at its provider",
    ),
    (
        "disable-service-principal",
        "aws",
        "Deny everything to the role behind {actor}: aws iam put-role-policy --role-name {role}",
    ),
    (
        "disable-service-principal",
        "",
        "Disable the application behind {actor} at its provider",
    ),
    (
        "deactivate-access-key",
        "aws",
        "Find the keys and make them inactive: aws iam list-access-keys --user-name {user}, then aws iam update-access-key --status Inactive; keys of the root user can only be removed by the root user, in the console under Security credentials",
    ),
    (
        "deactivate-access-key",
        "azure",
        "Remove the secret after checking who uses it: az ad app credential delete; this cannot be undone",
    ),
    (
        "deactivate-access-key",
        "",
        "Disable the key that was used, at its provider",
    ),
    (
        "disable-sa-key",
        "gcp",
        "Disable the key: gcloud iam service-accounts keys disable KEY --iam-account={actor}",
    ),
    (
        "disable-sa-key",
        "aws",
        "Find the keys and make them inactive: aws iam list-access-keys, then aws iam update-access-key --status Inactive",
    ),
    (
        "disable-sa-key",
        "",
        "Disable the service account's key at its provider",
    ),
    (
        "delete-api-key",
        "scaleway",
        "Let the key expire now: scw iam api-key update ACCESS_KEY expires-at=now; this cannot be undone",
    ),
    (
        "delete-api-key",
        "aws",
        "Find the key and make it inactive: aws iam list-access-keys, then aws iam update-access-key --status Inactive",
    ),
    ("delete-api-key", "", "Delete the API key at its provider"),
    (
        "remove-app-credential",
        "",
        "Remove the credential that was added to the application, in the Entra admin centre under App registrations, Certificates and secrets; this cannot be undone",
    ),
    (
        "revoke-sessions",
        "aws",
        "End what {actor} has open. Sessions of an Identity Center role: put a deny on aws:TokenIssueTime into the permission set's inline policy; the root user: change its password, which signs it out; a service: stop what runs under its role",
    ),
    (
        "revoke-sessions",
        "okta",
        "Clear the user's sessions in the Okta admin console under Directory, People, More actions",
    ),
    (
        "revoke-sessions",
        "kubernetes",
        "Delete the pod or the service account whose token is in use: a new uid makes its tokens invalid",
    ),
    (
        "revoke-sessions",
        "",
        "Sign {actor} out everywhere at its provider",
    ),
    (
        "revoke-grant",
        "",
        "Take back what {actor} was granted, at its provider",
    ),
    (
        "revoke-sa-token",
        "kubernetes",
        "Delete the pod the token is bound to, or delete and create again the service account: a new uid makes its tokens invalid",
    ),
    (
        "detach-policy",
        "aws",
        "List what the principal holds and take the new policy away: aws iam list-attached-user-policies and list-user-policies (or the role and group forms), then detach or delete it; a removed boundary is put back with aws iam put-user-permissions-boundary",
    ),
    (
        "detach-policy",
        "",
        "Take the new rights away from the principal at its provider",
    ),
    (
        "remove-iam-binding",
        "gcp",
        "Remove the member from the role where it was given: gcloud projects remove-iam-policy-binding PROJECT --member=MEMBER --role=ROLE, or the same command of the disk, snapshot, bucket or service account",
    ),
    (
        "remove-iam-binding",
        "",
        "Take the new role away from the principal at its provider",
    ),
    (
        "remove-role-assignment",
        "azure",
        "Delete the assignment: az role assignment delete --ids ID, and look for eligible assignments beside it",
    ),
    (
        "remove-role-assignment",
        "",
        "Take the new role away from the principal at its provider",
    ),
    (
        "remove-rolebinding",
        "kubernetes",
        "Keep a copy of the binding, then delete it: kubectl get rolebinding NAME -o yaml, kubectl delete rolebinding NAME",
    ),
    (
        "remove-rolebinding",
        "",
        "Take the new role away from the principal at its provider",
    ),
    (
        "restore-policy-version",
        "aws",
        "Make the version before the change the default again: aws iam list-policy-versions, then aws iam set-default-policy-version",
    ),
    (
        "restore-policy-version",
        "",
        "Bring the policy back to its state before the change",
    ),
    (
        "remove-from-group",
        "aws",
        "Take the user out of the group: aws iam remove-user-from-group --user-name {user} --group-name {group}",
    ),
    (
        "remove-from-group",
        "",
        "Take the member out of the group at its provider",
    ),
    (
        "detach-identity",
        "aws",
        "Take the instance profile off: aws ec2 describe-iam-instance-profile-associations, then aws ec2 disassociate-iam-instance-profile; a function gets its former role back with aws lambda update-function-configuration",
    ),
    (
        "detach-identity",
        "azure",
        "Take the managed identity off the machine: az vm identity remove",
    ),
    (
        "detach-identity",
        "",
        "Take the identity off the workload at its provider",
    ),
    (
        "quarantine-security-group",
        "aws",
        "Find the machine's network interfaces and give them a security group without rules: aws ec2 describe-network-interfaces, then aws ec2 modify-network-interface-attribute --groups",
    ),
    (
        "quarantine-security-group",
        "",
        "Cut the machine off at its network at the provider",
    ),
    (
        "stop-instance",
        "aws",
        "Find the machine; take snapshots of its volumes first, then stop it: aws ec2 create-snapshots, aws ec2 stop-instances --instance-ids {instance}",
    ),
    (
        "stop-instance",
        "",
        "Take snapshots of the machine's disks first, then stop it",
    ),
    (
        "isolate-pod",
        "aws",
        "Find the pod's node and cut it off by its security group, or isolate the pod with a network policy",
    ),
    (
        "isolate-pod",
        "",
        "Isolate the pod with a network policy that selects it alone and allows nothing; take its old labels off, so that no other policy allows more",
    ),
    (
        "kill-pod",
        "",
        "Keep the pod's logs and a checkpoint if the cluster allows it, then delete it: kubectl delete pod NAME -n NAMESPACE",
    ),
    (
        "cordon-node",
        "",
        "Keep new pods off the node: kubectl cordon NODE",
    ),
    (
        "restore-logging",
        "aws",
        "Bring the recording back. A deleted trail: aws cloudtrail create-trail, then start-logging; changed selectors: aws cloudtrail put-event-selectors; AWS Config: aws configservice start-configuration-recorder; flow logs: aws ec2 create-flow-logs; query logs: aws route53resolver create-resolver-query-log-config; retention: aws logs put-retention-policy, or the lifecycle of the log bucket",
    ),
    (
        "restore-logging",
        "gcp",
        "Put the audit configuration or the sink back as it was: gcloud logging sinks update, gcloud projects set-iam-policy for auditConfigs",
    ),
    (
        "restore-logging",
        "azure",
        "Create the diagnostic setting again: az monitor diagnostic-settings create",
    ),
    (
        "restore-logging",
        "scaleway",
        "Create the Audit Trail export again, in the console under Security and Identity, Audit Trail",
    ),
    (
        "restore-logging",
        "",
        "Bring the recording back to its state before the change",
    ),
    (
        "unshare-snapshot",
        "aws",
        "Take the share back: aws ec2 modify-snapshot-attribute --operation-type remove, aws rds modify-db-snapshot-attribute --values-to-remove, aws ec2 modify-image-attribute --launch-permission, or aws ram disassociate-resource-share; copies already made stay",
    ),
    (
        "unshare-snapshot",
        "",
        "Take the share back at the provider; copies already made stay",
    ),
    (
        "block-public-access",
        "aws",
        "Close what was opened: aws s3api put-public-access-block --bucket {bucket}, or take the statement out of the resource's policy",
    ),
    (
        "block-public-access",
        "azure",
        "Switch public access off: az storage account update --allow-blob-public-access false",
    ),
    (
        "block-public-access",
        "",
        "Close public access to the resource at its provider",
    ),
    (
        "cancel-key-deletion",
        "aws",
        "Make the key usable again: aws kms enable-key --key-id {kms_key}; deleted key material must be imported again; a secret comes back with aws secretsmanager restore-secret",
    ),
    (
        "cancel-key-deletion",
        "gcp",
        "Restore the key version: gcloud kms keys versions restore, then enable it",
    ),
    (
        "cancel-key-deletion",
        "",
        "Cancel the deletion of the key at its provider",
    ),
    (
        "recover-key",
        "azure",
        "Recover the deleted key or vault: az keyvault key recover, az keyvault recover",
    ),
    (
        "recover-key",
        "",
        "Recover the key at its provider while it still can be",
    ),
    (
        "restore-key-version",
        "gcp",
        "Restore the key version: gcloud kms keys versions restore, then enable it",
    ),
    (
        "restore-key-version",
        "",
        "Bring the former version of the key back at its provider",
    ),
    (
        "disable-function",
        "aws",
        "Stop what starts it: aws events disable-rule --name {rule}, or set its concurrency to zero: aws lambda put-function-concurrency --reserved-concurrent-executions 0",
    ),
    (
        "disable-function",
        "azure",
        "Stop the application: az functionapp stop, or disable the webhook or the schedule of the runbook",
    ),
    (
        "disable-function",
        "kubernetes",
        "Suspend it: kubectl patch cronjob NAME -p '{\"spec\":{\"suspend\":true}}'",
    ),
    (
        "disable-function",
        "",
        "Stop the function and what starts it at its provider",
    ),
    // Words that no action stands for.
    (
        "block-ip",
        "aws",
        "Deny {ip} where requests come in: a rule in the web ACL (aws wafv2 update-ip-set) or the network ACL, and a condition on aws:SourceIp in the policies of the identity; an address is soon changed, the credential is what counts",
    ),
    (
        "block-ip",
        "",
        "Deny {ip} where requests come in; an address is soon changed, the credential is what counts",
    ),
    (
        "cancel-export",
        "aws",
        "Stop the running export and delete what it wrote: aws rds cancel-export-task, aws ec2 cancel-export-task",
    ),
    (
        "cancel-export",
        "azure",
        "End the access that was granted to the disk or snapshot: az disk revoke-access",
    ),
    (
        "cancel-export",
        "",
        "Stop the running export and delete what it wrote, at the provider",
    ),
    (
        "delete-login-profile",
        "aws",
        "Take the console password away: aws iam delete-login-profile --user-name {user}; the former one cannot be brought back",
    ),
    (
        "delete-login-profile",
        "",
        "Take the new password away from the account at its provider",
    ),
    (
        "delete-mirror",
        "aws",
        "End the copying of traffic: aws ec2 delete-traffic-mirror-session",
    ),
    (
        "delete-mirror",
        "",
        "End the copying of traffic at the provider",
    ),
    (
        "delete-shareable-link",
        "",
        "Delete the link in the portal under the Bastion host, Shareable links",
    ),
    (
        "delete-webhook",
        "",
        "Keep a copy of the webhook configuration, then delete it: kubectl delete validatingwebhookconfiguration or mutatingwebhookconfiguration",
    ),
    (
        "enforce-mfa",
        "aws",
        "Give {actor} a second factor (aws iam enable-mfa-device) and deny what is done without one by a condition on aws:MultiFactorAuthPresent",
    ),
    (
        "enforce-mfa",
        "",
        "Ask {actor} for a second factor at sign-in, at the identity provider",
    ),
    (
        "re-lock",
        "aws",
        "Put the lock back: aws s3api put-object-lock-configuration, aws backup put-backup-vault-lock-configuration, termination or deletion protection of the resource",
    ),
    (
        "re-lock",
        "azure",
        "Put the lock back: az lock create --lock-type CanNotDelete",
    ),
    (
        "re-lock",
        "",
        "Put the protection against deletion back at the provider",
    ),
    (
        "remove-access-entry",
        "aws",
        "Take the access to the cluster back: aws eks delete-access-entry --cluster-name {cluster} --principal-arn ARN",
    ),
    (
        "remove-access-entry",
        "",
        "Take the access to the cluster back",
    ),
    (
        "remove-account-assignment",
        "",
        "Take the assignment back: aws sso-admin delete-account-assignment, with the instance, the permission set, the principal and the account of the event",
    ),
    (
        "remove-extension",
        "",
        "Take the extension off the machine: az vm extension delete, after keeping its settings as evidence",
    ),
    (
        "remove-federation",
        "aws",
        "Take the trust in the provider away: aws iam delete-open-id-connect-provider, delete-saml-provider or update-saml-provider with the former metadata; aws rolesanywhere disable-trust-anchor",
    ),
    (
        "remove-federation",
        "",
        "Take the trust in the foreign identity provider away, after noting what was set up",
    ),
    (
        "remove-replication",
        "aws",
        "End the replication: aws s3api delete-bucket-replication --bucket {bucket}, or aws rds promote-read-replica for a database",
    ),
    (
        "remove-replication",
        "",
        "End the replication to the foreign place at the provider",
    ),
    (
        "remove-resource-policy",
        "aws",
        "Take the statement out of the resource's policy: aws lambda remove-permission --function-name {function}, aws secretsmanager delete-resource-policy, or put the former policy back",
    ),
    (
        "remove-resource-policy",
        "",
        "Take the statement out of the resource's policy",
    ),
    (
        "remove-ssh-key",
        "aws",
        "Remove the key from the machine's authorized_keys and the key pair: aws ec2 delete-key-pair",
    ),
    (
        "remove-ssh-key",
        "",
        "Remove the key from the machine's metadata and from authorized_keys",
    ),
    (
        "remove-trust",
        "aws",
        "Put the former trust policy back: aws iam update-assume-role-policy --role-name {role}, and end the sessions the role has given out",
    ),
    (
        "remove-trust",
        "",
        "Take the trust in the foreign identity away",
    ),
    (
        "restore-policy",
        "aws",
        "Put the former policy back: for a bucket aws s3api put-bucket-policy --bucket {bucket}, for a key aws kms put-key-policy, for an identity the former document; the event before the change holds it",
    ),
    (
        "restore-policy",
        "",
        "Put the former policy back; the event before the change holds it",
    ),
    (
        "restore-configmap",
        "",
        "Put the former content back: the audit event before the change holds it; for aws-auth remove the foreign role or user",
    ),
    (
        "restore-project",
        "gcp",
        "Bring the project back within 30 days: gcloud projects undelete",
    ),
    (
        "restore-project",
        "",
        "Ask the provider to bring the project back while it still can",
    ),
    (
        "restore-workload",
        "",
        "Deploy the workload again from its source and keep the removed one's definition as evidence",
    ),
    (
        "restrict-api-acl",
        "aws",
        "Allow only known ranges to reach the cluster's API: aws eks update-cluster-config --name {cluster} --resources-vpc-config publicAccessCidrs",
    ),
    (
        "restrict-api-acl",
        "",
        "Allow only known ranges to reach the cluster's API at the provider",
    ),
    (
        "revoke-sas",
        "",
        "Rotate the storage account's key that signed it: az storage account keys renew; every signature of that key ends",
    ),
    (
        "rotate-cluster-ca",
        "",
        "Rotate the cluster's certificate authority as the provider describes; a client certificate cannot be revoked",
    ),
    (
        "rotate-keys",
        "aws",
        "Change every secret that was read ({secret}): aws secretsmanager rotate-secret, aws ssm put-parameter --overwrite, and the password or key itself where it is used",
    ),
    (
        "rotate-keys",
        "azure",
        "Change every key that was read: az storage account keys renew, az keyvault secret set",
    ),
    (
        "rotate-keys",
        "",
        "Change every key and secret that was read, where it is used too",
    ),
    (
        "stop-task",
        "aws",
        "Keep the task's definition, then stop it: aws ecs stop-task --cluster {cluster}",
    ),
    (
        "stop-task",
        "",
        "Keep the task's definition, then stop it at the provider",
    ),
    (
        "suspend-deletes",
        "aws",
        "Stop the deletion and keep what is left: deny s3:DeleteObject to {actor} in the bucket's policy (aws s3api put-bucket-policy --bucket {bucket}), switch versioning on, cancel a running batch job with aws s3control update-job-status",
    ),
    (
        "suspend-deletes",
        "",
        "Stop the deletion and keep what is left: deny deletes to {actor} and switch versioning on",
    ),
    (
        "revoke-grant",
        "aws",
        "Take the grant back: aws kms revoke-grant, or end the sessions of {actor}",
    ),
    (
        "remove-federation",
        "azure",
        "Remove the federated credential or the delegation: az ad app federated-credential delete, az managedservices assignment delete",
    ),
    (
        "remove-federation",
        "gcp",
        "Remove the provider from the pool: gcloud iam workload-identity-pools providers delete",
    ),
];
