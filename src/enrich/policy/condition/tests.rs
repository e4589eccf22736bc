use super::*;

fn conditions(text: &str) -> Conditions {
    let block: Value = serde_json::from_str(text).unwrap_or_default();
    assert!(!block.is_null(), "{text}");
    Conditions::read(Some(&block))
}

#[test]
fn what_keeps_the_public_out() {
    for text in [
        r#"{"StringEquals":{"aws:PrincipalOrgID":"o-exampleorg"}}"#,
        r#"{"stringequals":{"AWS:SOURCEACCOUNT":["111122223333","444455556666"]}}"#,
        r#"{"StringEquals":{"AWS:SourceOwner":"111122223333"}}"#,
        r#"{"StringEquals":{"aws:PrincipalAccount":111122223333}}"#,
        r#"{"StringEquals":{"sts:ExternalId":"7Hq"}}"#,
        r#"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-exampleorg/r-ab12/*"}}"#,
        r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:111122223333:*"}}"#,
        r#"{"ArnEquals":{"aws:SourceArn":"arn:aws:s3:::logs-111122223333"}}"#,
        r#"{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/Deploy*"}}"#,
        r#"{"StringLike":{"aws:userid":"AROAEXAMPLE:*"}}"#,
        r#"{"StringEquals":{"aws:SourceVpce":"vpce-1a2b3c4d"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","2001:db8::/32","198.51.100.7"]}}"#,
        r#"{"StringEquals":{"aws:ResourceOrgID":"${aws:PrincipalOrgID}"}}"#,
        r#"{"Bool":{"elasticfilesystem:AccessedViaMountTarget":"true"}}"#,
        r#"{"Bool":{"aws:PrincipalIsAWSService":true}}"#,
        // One narrow line is enough: all must hold.
        r#"{"StringLike":{"aws:UserAgent":"*"},"StringEquals":{"kms:CallerAccount":"111122223333"}}"#,
    ] {
        assert!(conditions(text).narrow_public(), "{text}");
    }
}

#[test]
fn what_only_looks_narrow() {
    for text in [
        "{}",
        "[]",
        "\"x\"",
        r#"{"StringEquals":"x"}"#,
        r#"{"StringEquals":{"aws:PrincipalOrgID":[]}}"#,
        r#"{"StringEquals":{"aws:PrincipalOrgID":""}}"#,
        r#"{"StringLike":{"aws:PrincipalOrgID":"*"}}"#,
        r#"{"StringLike":{"aws:PrincipalOrgID":["o-exampleorg","o-*"]}}"#,
        r#"{"StringNotEquals":{"aws:PrincipalOrgID":"o-exampleorg"}}"#,
        r#"{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-exampleorg"}}"#,
        r#"{"ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-exampleorg"}}"#,
        r#"{"Null":{"aws:PrincipalOrgID":"false"}}"#,
        r#"{"StringLike":{"aws:SourceVpc":"vpc-*"}}"#,
        r#"{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::*"}}"#,
        r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:topic"}}"#,
        r#"{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/Deploy*"}}"#,
        r#"{"StringLike":{"aws:PrincipalOrgPaths":"o-*/r-ab12/*"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","::/0"]}}"#,
        r#"{"IpAddress":{"aws:SourceIp":"64.0.0.0/2"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":"everywhere"}}"#,
        r#"{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
        r#"{"IpAddress":{"aws:VpcSourceIp":"10.0.0.0/8"}}"#,
        r#"{"StringEquals":{"aws:PrincipalArn":"${aws:PrincipalArn}"}}"#,
        r#"{"StringEquals":{"aws:ResourceAccount":"111122223333"}}"#,
        r#"{"StringEquals":{"aws:PrincipalTag/team":"red"}}"#,
        r#"{"StringEquals":{"aws:Referer":"https://example.com"}}"#,
        r#"{"Bool":{"aws:SecureTransport":"true"}}"#,
        r#"{"Bool":{"aws:PrincipalIsAWSService":"false"}}"#,
        r#"{"NumericEquals":{"aws:SourceAccount":"111122223333"}}"#,
    ] {
        assert!(!conditions(text).narrow_public(), "{text}");
    }
    assert!(!Conditions::read(None).narrow_public());
}

#[test]
fn an_administrator_stays_one_under_circumstances() {
    for text in [
        "{}",
        r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#,
        r#"{"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"},"Bool":{"aws:SecureTransport":"true"}}"#,
        r#"{"DateLessThan":{"aws:CurrentTime":"2027-01-01T00:00:00Z"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":"203.0.113.9/32"}}"#,
        r#"{"StringEquals":{"aws:PrincipalTag/team":"red"}}"#,
        r#"{"StringLike":{"aws:RequestedRegion":"*"}}"#,
        r#"{"StringEqualsIfExists":{"aws:RequestedRegion":"eu-west-3"}}"#,
        r#"{"StringNotEquals":{"aws:RequestedRegion":"ap-east-1"}}"#,
        r#"{"Bool":{"aws:ViaAWSService":"false"}}"#,
    ] {
        assert!(!conditions(text).narrow_admin(), "{text}");
    }
    for text in [
        r#"{"StringEquals":{"aws:RequestedRegion":"eu-west-3"}}"#,
        r#"{"StringEquals":{"aws:ResourceTag/team":"red"}}"#,
        r#"{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/b"}}"#,
        r#"{"ArnNotEquals":{"iam:PolicyARN":"arn:aws:iam::aws:policy/AdministratorAccess"}}"#,
        r#"{"Bool":{"aws:ViaAWSService":"true"}}"#,
        r#"{"Bool":{"aws:SecureTransport":"true"},"StringEquals":{"aws:CalledViaFirst":"cloudformation.amazonaws.com"}}"#,
    ] {
        assert!(conditions(text).narrow_admin(), "{text}");
    }
}

#[test]
fn an_external_id_must_be_one() {
    for (text, want) in [
        (r#"{"StringEquals":{"sts:ExternalId":"a1"}}"#, true),
        (r#"{"StringLike":{"STS:ExternalId":"a1"}}"#, true),
        (r#"{"StringLike":{"sts:ExternalId":"*"}}"#, false),
        (r#"{"StringNotEquals":{"sts:ExternalId":"a1"}}"#, false),
        (r#"{"StringEquals":{"sts:RoleSessionName":"a1"}}"#, false),
    ] {
        assert_eq!(conditions(text).ask_external_id(), want, "{text}");
    }
}
