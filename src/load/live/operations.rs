//! Everything that a live input may ask of a provider. There is no other way to the network from
//! here: the clients take this list and nothing else, and all of it only reads.

use crate::net::{Method, Operation};

/// A reading operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Read {
    /// The keys of a bucket.
    S3List,
    /// One object.
    S3Get,
    /// CloudTrail's event history.
    CloudTrailLookup,
    /// The regions of an account.
    Ec2Regions,
    /// Events of a log group.
    LogsFilter,
    /// Entries of Cloud Logging.
    GcpEntries,
    /// The names of a bucket.
    GcsList,
    /// One object.
    GcsGet,
    /// The Activity Log.
    AzureActivity,
    /// Audit and sign-in logs.
    GraphLogs,
    /// The names of a container.
    BlobList,
    /// One blob.
    BlobGet,
    /// Audit Trail events.
    ScalewayEvents,
    /// A search in a log alias.
    OvhSearch,
    /// The System Log.
    OktaLogs,
}

impl Read {
    /// All of them.
    pub const ALL: [Read; 15] = [
        Read::S3List,
        Read::S3Get,
        Read::CloudTrailLookup,
        Read::Ec2Regions,
        Read::LogsFilter,
        Read::GcpEntries,
        Read::GcsList,
        Read::GcsGet,
        Read::AzureActivity,
        Read::GraphLogs,
        Read::BlobList,
        Read::BlobGet,
        Read::ScalewayEvents,
        Read::OvhSearch,
        Read::OktaLogs,
    ];
}

impl Operation for Read {
    fn name(self) -> &'static str {
        match self {
            Read::S3List => "s3:ListObjectsV2",
            Read::S3Get => "s3:GetObject",
            Read::CloudTrailLookup => "cloudtrail:LookupEvents",
            Read::Ec2Regions => "ec2:DescribeRegions",
            Read::LogsFilter => "logs:FilterLogEvents",
            Read::GcpEntries => "logging.entries.list",
            Read::GcsList => "storage.objects.list",
            Read::GcsGet => "storage.objects.get",
            Read::AzureActivity => "Activity Log list",
            Read::GraphLogs => "Graph auditLogs list",
            Read::BlobList => "List Blobs",
            Read::BlobGet => "Get Blob",
            Read::ScalewayEvents => "Audit Trail events list",
            Read::OvhSearch => "Logs Data Platform search",
            Read::OktaLogs => "System Log list",
        }
    }

    fn method(self) -> Method {
        match self {
            Read::CloudTrailLookup
            | Read::Ec2Regions
            | Read::LogsFilter
            | Read::GcpEntries
            | Read::OvhSearch => Method::POST,
            _ => Method::GET,
        }
    }

    fn permission(self) -> &'static str {
        match self {
            Read::S3List => "s3:ListBucket",
            Read::S3Get => "s3:GetObject (and kms:Decrypt where the trail has a key of its own)",
            Read::CloudTrailLookup => "cloudtrail:LookupEvents",
            Read::Ec2Regions => "ec2:DescribeRegions",
            Read::LogsFilter => "logs:FilterLogEvents",
            Read::GcpEntries => "logging.logEntries.list and logging.privateLogEntries.list",
            Read::GcsList => "storage.objects.list",
            Read::GcsGet => "storage.objects.get",
            Read::AzureActivity => "Microsoft.Insights/eventtypes/management/values/read",
            Read::GraphLogs => "AuditLog.Read.All and Directory.Read.All",
            Read::BlobList | Read::BlobGet => "Storage Blob Data Reader on the container",
            Read::ScalewayEvents => "AuditTrailReadOnly",
            Read::OvhSearch => "read access to the alias",
            Read::OktaLogs => "okta.logs.read",
        }
    }

    /// Nothing here changes anything.
    fn repeatable(self) -> bool {
        true
    }
}
