//! Buckets, against one on the loopback interface that does what a test says.

use super::objects::{Page, Query, Store};
use super::s3::S3;
use super::target::Target;
use crate::model::Time;
use crate::net::block_on;
use crate::net::credentials::aws::Aws;
use crate::net::tests::server::{Answer, Server};

fn bucket(server: &Server) -> S3 {
    let url = format!("s3://trail/?endpoint={}", server.url);
    let target = Target::parse(&url).expect("a URL").expect("a good one");
    S3::new(Aws::test(), &target)
}

#[test]
fn nothing_leaves_that_is_not_on_the_list() {
    let server = Server::start(|_, _| Answer::new(200, ""));
    let client = bucket(&server).client();
    let change = async {
        let put = client.put_object().bucket("trail").key("k").send().await;
        let tags = client.get_object_tagging().bucket("trail").key("k");
        let acl = client.get_bucket_acl().bucket("trail").send().await;
        [
            put.map(drop).map_err(|error| format!("{error:?}")),
            tags.send()
                .await
                .map(drop)
                .map_err(|error| format!("{error:?}")),
            acl.map(drop).map_err(|error| format!("{error:?}")),
        ]
    };
    for refused in block_on(change).expect("a runtime") {
        let reason = refused.expect_err("stopped");
        assert!(reason.contains("not on the list"), "{reason}");
    }
    assert!(server.seen().is_empty());
}

#[test]
fn listings() {
    let body = "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken><Contents><Key>a/b%20c+d%2Bz</Key><Size>5</Size><ETag>&quot;e&quot;</ETag><LastModified>2026-05-12T09:30:00.000Z</LastModified></Contents><CommonPrefixes><Prefix>a/c/</Prefix></CommonPrefixes></ListBucketResult>";
    let server = Server::start(move |_, number| match number {
        0 => Answer::new(200, body),
        1 => Answer::new(
            200,
            "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>",
        ),
        _ => Answer::new(
            200,
            "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
        ),
    });
    let bucket = bucket(&server);
    let list = || block_on(bucket.list(&Query::default())).expect("a runtime");
    let found = list().expect("a listing");
    assert_eq!(found.objects[0].key, "a/b c d+z");
    assert_eq!(found.objects[0].version.as_deref(), Some("\"e\""));
    assert_eq!(
        found.objects[0].modified,
        Time::parse("2026-05-12T09:30:00Z")
    );
    assert_eq!(
        (found.objects[0].size, found.next.as_deref()),
        (5, Some("t"))
    );
    assert_eq!(found.folders, ["a/c/"]);
    assert_eq!(list().expect("the last one"), Page::default());
    assert!(list().is_err(), "nobody says where to go on");
}

#[test]
fn another_region_and_another_clock() {
    let refused = |code: &str| {
        let body = format!("<Error><Code>{code}</Code></Error>");
        Answer::new(403, body).header("date", "Tue, 14 Nov 2023 22:13:30 GMT")
    };
    let server = Server::start(move |seen, _| {
        let proof = seen.header("authorization").unwrap_or_default();
        let date = seen.header("x-amz-date").unwrap_or_default();
        if !date.starts_with("20231114T") {
            return refused("RequestTimeTooSkewed");
        }
        if !proof.contains("/eu-central-1/s3/") {
            return refused("AuthorizationHeaderMalformed")
                .header("x-amz-bucket-region", "eu-central-1");
        }
        let body = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
        Answer::new(200, body)
    });
    let bucket = bucket(&server);
    for _ in 0..2 {
        let listed = block_on(bucket.list(&Query::default())).expect("a runtime");
        assert_eq!(listed.expect("a listing"), Page::default());
    }
    // Both are found out once.
    assert_eq!(server.seen().len(), 5);
}
