//! What programs read, to the byte.

use super::{options, render};
use crate::render::{Format, ViewKind};

#[test]
fn findings_as_jsonl() {
    insta::assert_snapshot!(render(ViewKind::Findings, Format::Jsonl, &options(80)), @r#"
    {"schema":"ctadel/1","kind":"finding","id":"F-9c2e51d07a3b44f8","rule":{"id":"aws-cloudtrail-stopped","uuid":"6d3a1d5e-0000-4000-8000-000000000001","title":"CloudTrail trail stopped","level":"high","origin":"builtin","attack":[{"tactic":"defense-impairment","tactic_id":"TA0112","technique":"T1685.002"}]},"severity":"high","time":"2026-03-01T09:00:00Z","end_time":"2026-03-01T09:00:00Z","count":1,"source":"aws.cloudtrail","layer":"cloud","provider":"aws","account":"111122223333","region":"eu-west-1","actor":{"id":"aws:111122223333:AIDAEXAMPLE","name":"alice","type":"user","session":"AKIAIOSFODNN7EXAMPLE","via":["okta:00uEXAMPLE"]},"source_ip":"203.0.113.9","user_agent":"aws-cli/2.15","action":"cloudtrail:StopLogging","outcome":"success","targets":[{"type":"trail","id":"arn:aws:cloudtrail:eu-west-1:111122223333:trail/main","name":"main"}],"group":[],"evidence":[{"file":"AWSLogs/111122223333/x.json.gz","record":7,"uid":"e-1"}],"evidence_total":1,"respond":[{"action":"start-logging","target":"arn:aws:cloudtrail:eu-west-1:111122223333:trail/main"},{"advice":"Ask alice whether it was planned."}],"incident":"INC-9c2e51d07a"}
    {"schema":"ctadel/1","kind":"finding","id":"F-00ff00ff00ff00ff","rule":{"id":"\u001b[31mroot\u202egpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; =1+1","uuid":null,"title":"\u001b[31mroot\u202egpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; =1+1","level":"critical","origin":"file","attack":[{"tactic":null,"tactic_id":null,"technique":"T1059.004"}]},"severity":"critical","time":"2026-03-01T09:05:00.250Z","end_time":"2026-03-01T11:14:00Z","count":1200,"source":"falco","layer":"runtime","provider":"runtime","account":null,"region":null,"actor":{"id":"=HYPERLINK(\"http://203.0.113.9/\",\"click\")","name":"\u001b[31mroot\u202egpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; =1+1","type":"unknown","session":null,"via":[]},"source_ip":null,"user_agent":"curl -H 'Authorization: Bearer [masked]'","action":"process:exec","outcome":"unknown","targets":[{"type":"pod","id":"=HYPERLINK(\"http://203.0.113.9/\",\"click\")","name":null},{"type":"file","id":"\u001b[31mroot\u202egpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; =1+1","name":"token"}],"group":[{"field":"k8s.ns.name","value":"shop"}],"evidence":[{"file":"falco.tar.gz!a|b/events.jsonl","record":0,"uid":"u"}],"evidence_total":1200,"respond":[{"advice":"\u001b[31mroot\u202egpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; =1+1"}],"incident":"INC-9c2e51d07a"}
    {"schema":"ctadel/1","kind":"coverage","complete":true,"files":3,"bytes":4096,"records":1203,"duplicates":2,"outside_window":0,"sources":[{"source":"aws.cloudtrail","records":1203,"first":"2026-03-01T09:00:00Z","last":"2026-03-01T11:14:00Z","accounts":["111122223333"]}],"skipped":[{"file":"bad\u001b.json.gz","record":null,"offset":48213,"count":1,"reason":"gzip stream ends early"}],"ignored":[{"file":"digest.json.gz","count":1,"reason":"CloudTrail digest"}],"capped":[{"what":"duplicate ids","limit":12000000,"effect":"copies of older records may count twice"}],"gaps":[{"source":"aws.cloudtrail","account":"111122223333","region":null,"from":"2026-03-01T09:10:00Z","to":"2026-03-01T10:10:00Z"}],"rules":{"loaded":250,"fired":2,"could_not_fire":[{"rule":"aws-s3-read-burst","needs":"CloudTrail data events"}],"skipped":[{"rule":"broken","reason":"%admins% has no value"}]}}
    "#);
}

#[test]
fn one_incident_as_json() {
    insta::assert_snapshot!(render(ViewKind::Incident, Format::Json, &options(80)), @r#"
    {"schema":"ctadel/1","kind":"incident","id":"INC-9c2e51d07a","title":"Logging stopped by alice, then \u001b[31mroot\u202egpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; =1+1","severity":"critical","score":92,"status":"INVESTIGATING","verdict":"true-positive","start":"2026-03-01T09:00:00Z","end":"2026-03-01T11:14:00Z","tactics":["defense-impairment"],"layers":["runtime","cloud"],"providers":["aws"],"accounts":["111122223333"],"actors":[{"id":"aws:111122223333:AIDAEXAMPLE","name":"alice","type":"user"},{"id":"=HYPERLINK(\"http://203.0.113.9/\",\"click\")","name":"\u001b[31mroot\u202egpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; =1+1","type":"unknown"}],"source_ips":["203.0.113.9"],"entities":[{"id":"pod:shop/api-7d9f","kind":"pod","first":"2026-03-01T09:00:00Z","last":"2026-03-01T09:05:00Z"}],"links":[{"from":"pod:shop/api-7d9f","to":"aws-session:ASIAIOSFODNN7EXAMPLE","by":"web-identity-subject","value":"system:serviceaccount:shop:api","confidence":"proven","evidence":[{"file":"AWSLogs/111122223333/x.json.gz","record":3,"uid":"e-0"}]}],"findings":["F-9c2e51d07a3b44f8","F-00ff00ff00ff00ff"],"finding_count":2,"related":["INC-0123456789"],"reopens":null,"split_reason":null,"story":"Alice stopped the trail main from 203.0.113.9. Five minutes later a process started in pod shop/api-7d9f whose name is \u001b[31mroot\u202egpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; =1+1; password=[masked] stood on its command line.","respond":[{"action":"deactivate-key","target":"AKIAIOSFODNN7EXAMPLE","reversible":true},{"advice":"Rebuild the pod from a known image."}],"history":[{"time":"2026-03-02T08:00:00Z","status":"INVESTIGATING","verdict":"true-positive","note":"asked alice, \u001b[31mroot\u202egpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; =1+1","author":"dana","action":null}],"finding_objects":[{"schema":"ctadel/1","kind":"finding","id":"F-9c2e51d07a3b44f8","rule":{"id":"aws-cloudtrail-stopped","uuid":"6d3a1d5e-0000-4000-8000-000000000001","title":"CloudTrail trail stopped","level":"high","origin":"builtin","attack":[{"tactic":"defense-impairment","tactic_id":"TA0112","technique":"T1685.002"}]},"severity":"high","time":"2026-03-01T09:00:00Z","end_time":"2026-03-01T09:00:00Z","count":1,"source":"aws.cloudtrail","layer":"cloud","provider":"aws","account":"111122223333","region":"eu-west-1","actor":{"id":"aws:111122223333:AIDAEXAMPLE","name":"alice","type":"user","session":"AKIAIOSFODNN7EXAMPLE","via":["okta:00uEXAMPLE"]},"source_ip":"203.0.113.9","user_agent":"aws-cli/2.15","action":"cloudtrail:StopLogging","outcome":"success","targets":[{"type":"trail","id":"arn:aws:cloudtrail:eu-west-1:111122223333:trail/main","name":"main"}],"group":[],"evidence":[{"file":"AWSLogs/111122223333/x.json.gz","record":7,"uid":"e-1"}],"evidence_total":1,"respond":[{"action":"start-logging","target":"arn:aws:cloudtrail:eu-west-1:111122223333:trail/main"},{"advice":"Ask alice whether it was planned."}],"incident":"INC-9c2e51d07a"},{"schema":"ctadel/1","kind":"finding","id":"F-00ff00ff00ff00ff","rule":{"id":"\u001b[31mroot\u202egpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; =1+1","uuid":null,"title":"\u001b[31mroot\u202egpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; =1+1","level":"critical","origin":"file","attack":[{"tactic":null,"tactic_id":null,"technique":"T1059.004"}]},"severity":"critical","time":"2026-03-01T09:05:00.250Z","end_time":"2026-03-01T11:14:00Z","count":1200,"source":"falco","layer":"runtime","provider":"runtime","account":null,"region":null,"actor":{"id":"=HYPERLINK(\"http://203.0.113.9/\",\"click\")","name":"\u001b[31mroot\u202egpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; =1+1","type":"unknown","session":null,"via":[]},"source_ip":null,"user_agent":"curl -H 'Authorization: Bearer [masked]'","action":"process:exec","outcome":"unknown","targets":[{"type":"pod","id":"=HYPERLINK(\"http://203.0.113.9/\",\"click\")","name":null},{"type":"file","id":"\u001b[31mroot\u202egpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; =1+1","name":"token"}],"group":[{"field":"k8s.ns.name","value":"shop"}],"evidence":[{"file":"falco.tar.gz!a|b/events.jsonl","record":0,"uid":"u"}],"evidence_total":1200,"respond":[{"advice":"\u001b[31mroot\u202egpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; =1+1"}],"incident":"INC-9c2e51d07a"}],"context":[{"schema":"ctadel/1","kind":"event","time":"2026-03-01T09:00:00Z","source":"aws.cloudtrail","layer":"cloud","provider":"aws","account":"111122223333","region":"eu-west-1","actor":{"id":"aws:111122223333:AIDAEXAMPLE","name":"alice","type":"user","session":null,"via":[]},"source_ip":"2001:db8::1","user_agent":"\u001b[31mroot\u202egpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; =1+1","action":"cloudtrail:StopLogging","outcome":"denied","error_code":"AccessDenied","targets":[],"evidence":[{"file":"AWSLogs/111122223333/x.json.gz","record":7,"uid":"e-1"}],"findings":["F-9c2e51d07a3b44f8"],"incident":"INC-9c2e51d07a","context":false},{"schema":"ctadel/1","kind":"event","time":"2026-03-01T09:01:00Z","source":"aws.cloudtrail","layer":"cloud","provider":"aws","account":"111122223333","region":"eu-west-1","actor":{"id":"aws:111122223333:AIDAEXAMPLE","name":"alice","type":"user","session":null,"via":[]},"source_ip":"2001:db8::1","user_agent":"\u001b[31mroot\u202egpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; =1+1","action":"sts:GetCallerIdentity","outcome":"denied","error_code":"AccessDenied","targets":[],"evidence":[{"file":"-","record":8,"uid":"e-2"}],"findings":[],"incident":null,"context":true}]}
    "#);
}

#[test]
fn a_timeline_as_jsonl() {
    insta::assert_snapshot!(render(ViewKind::Timeline, Format::Jsonl, &options(80)), @r#"
    {"schema":"ctadel/1","kind":"event","time":"2026-03-01T09:00:00Z","source":"aws.cloudtrail","layer":"cloud","provider":"aws","account":"111122223333","region":"eu-west-1","actor":{"id":"aws:111122223333:AIDAEXAMPLE","name":"alice","type":"user","session":null,"via":[]},"source_ip":"2001:db8::1","user_agent":"\u001b[31mroot\u202egpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; =1+1","action":"cloudtrail:StopLogging","outcome":"denied","error_code":"AccessDenied","targets":[],"evidence":[{"file":"AWSLogs/111122223333/x.json.gz","record":7,"uid":"e-1"}],"findings":["F-9c2e51d07a3b44f8"],"incident":"INC-9c2e51d07a","context":false}
    {"schema":"ctadel/1","kind":"event","time":"2026-03-01T09:01:00Z","source":"aws.cloudtrail","layer":"cloud","provider":"aws","account":"111122223333","region":"eu-west-1","actor":{"id":"aws:111122223333:AIDAEXAMPLE","name":"alice","type":"user","session":null,"via":[]},"source_ip":"2001:db8::1","user_agent":"\u001b[31mroot\u202egpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; =1+1","action":"sts:GetCallerIdentity","outcome":"denied","error_code":"AccessDenied","targets":[],"evidence":[{"file":"-","record":8,"uid":"e-2"}],"findings":[],"incident":null,"context":true}
    {"schema":"ctadel/1","kind":"coverage","complete":true,"files":3,"bytes":4096,"records":1203,"duplicates":2,"outside_window":0,"sources":[{"source":"aws.cloudtrail","records":1203,"first":"2026-03-01T09:00:00Z","last":"2026-03-01T11:14:00Z","accounts":["111122223333"]}],"skipped":[{"file":"bad\u001b.json.gz","record":null,"offset":48213,"count":1,"reason":"gzip stream ends early"}],"ignored":[{"file":"digest.json.gz","count":1,"reason":"CloudTrail digest"}],"capped":[{"what":"duplicate ids","limit":12000000,"effect":"copies of older records may count twice"}],"gaps":[{"source":"aws.cloudtrail","account":"111122223333","region":null,"from":"2026-03-01T09:10:00Z","to":"2026-03-01T10:10:00Z"}],"rules":{"loaded":250,"fired":2,"could_not_fire":[{"rule":"aws-s3-read-burst","needs":"CloudTrail data events"}],"skipped":[{"rule":"broken","reason":"%admins% has no value"}]}}
    "#);
}

#[test]
fn a_summary_as_jsonl() {
    insta::assert_snapshot!(render(ViewKind::Summary, Format::Jsonl, &options(80)), @r#"
    {"schema":"ctadel/1","kind":"summary","by":"actor","value":"aws:111122223333:AIDAEXAMPLE","name":"\u001b[31mroot\u202egpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; =1+1","type":"user","events":12345,"denied":12,"failed":3,"bytes":null,"first":"2026-03-01T09:00:00.500Z","last":"2026-03-01T11:14:00Z","findings":2,"severity":"critical","actors":{"distinct":0,"top":[]},"source_ips":{"distinct":9,"top":[{"value":"203.0.113.9","count":12000},{"value":"198.51.100.4","count":345}]},"accounts":{"distinct":1,"top":[{"value":"111122223333","count":12345}]},"regions":{"distinct":1,"top":[{"value":"eu-west-1","count":12345}]},"actions":{"distinct":2,"top":[{"value":"s3:GetObject","count":12000},{"value":"=cmd","count":1}]},"user_agents":{"distinct":1,"top":[{"value":"aws-cli","count":null}]},"devices":{"distinct":1,"top":[{"value":"203.0.113.9 aws-cli","count":12000}]},"sessions":{"distinct":1,"top":[{"value":"AKIAIOSFODNN7EXAMPLE","count":12345}]},"roles":{"distinct":0,"top":[]},"sensitive":{"distinct":1,"top":[{"value":"cloudtrail:StopLogging","count":2}]}}
    {"schema":"ctadel/1","kind":"coverage","complete":true,"files":3,"bytes":4096,"records":1203,"duplicates":2,"outside_window":0,"sources":[{"source":"aws.cloudtrail","records":1203,"first":"2026-03-01T09:00:00Z","last":"2026-03-01T11:14:00Z","accounts":["111122223333"]}],"skipped":[{"file":"bad\u001b.json.gz","record":null,"offset":48213,"count":1,"reason":"gzip stream ends early"}],"ignored":[{"file":"digest.json.gz","count":1,"reason":"CloudTrail digest"}],"capped":[{"what":"duplicate ids","limit":12000000,"effect":"copies of older records may count twice"}],"gaps":[{"source":"aws.cloudtrail","account":"111122223333","region":null,"from":"2026-03-01T09:10:00Z","to":"2026-03-01T10:10:00Z"}],"rules":{"loaded":250,"fired":2,"could_not_fire":[{"rule":"aws-s3-read-burst","needs":"CloudTrail data events"}],"skipped":[{"rule":"broken","reason":"%admins% has no value"}]}}
    "#);
}

#[test]
fn findings_as_csv() {
    insta::assert_snapshot!(render(ViewKind::Findings, Format::Csv, &options(80)), @r#"
    id,severity,time,end_time,count,rule_id,rule_title,rule_level,tactics,techniques,source,layer,provider,account,region,actor_id,actor_name,actor_type,session,via,source_ip,user_agent,action,outcome,target_type,target_id,target_name,other_targets,evidence_file,evidence_record,evidence_uid,evidence_total,respond,incident
    F-9c2e51d07a3b44f8,high,2026-03-01T09:00:00Z,2026-03-01T09:00:00Z,1,aws-cloudtrail-stopped,CloudTrail trail stopped,high,defense-impairment,T1685.002,aws.cloudtrail,cloud,aws,111122223333,eu-west-1,aws:111122223333:AIDAEXAMPLE,alice,user,AKIAIOSFODNN7EXAMPLE,okta:00uEXAMPLE,203.0.113.9,aws-cli/2.15,cloudtrail:StopLogging,success,trail,arn:aws:cloudtrail:eu-west-1:111122223333:trail/main,main,,AWSLogs/111122223333/x.json.gz,7,e-1,1,"start-logging arn:aws:cloudtrail:eu-west-1:111122223333:trail/main; Ask alice whether it was planned.",INC-9c2e51d07a
    F-00ff00ff00ff00ff,critical,2026-03-01T09:05:00.250Z,2026-03-01T11:14:00Z,1200,"\u{1b}[31mroot\u{202e}gpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; '=1+1","\u{1b}[31mroot\u{202e}gpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; '=1+1",critical,,T1059.004,falco,runtime,runtime,,,"'=HYPERLINK(""http://203.0.113.9/"",""click"")","\u{1b}[31mroot\u{202e}gpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; '=1+1",unknown,,,,"curl -H 'Authorization: Bearer [masked]'",process:exec,unknown,pod,"'=HYPERLINK(""http://203.0.113.9/"",""click"")",,"\u{1b}[31mroot\u{202e}gpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; '=1+1",falco.tar.gz!a|b/events.jsonl,0,u,1200,"\u{1b}[31mroot\u{202e}gpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; '=1+1",INC-9c2e51d07a
    "#);
}

#[test]
fn incidents_as_csv() {
    insta::assert_snapshot!(render(ViewKind::Incidents, Format::Csv, &options(80)), @r#"
    id,severity,score,status,start,end,title,tactics,layers,providers,accounts,actors,source_ips,finding_count,related,reopens,split_reason,story,respond,verdict
    INC-9c2e51d07a,critical,92,INVESTIGATING,2026-03-01T09:00:00Z,2026-03-01T11:14:00Z,"Logging stopped by alice, then \u{1b}[31mroot\u{202e}gpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; '=1+1",defense-impairment,"runtime; cloud",aws,111122223333,"alice; \u{1b}[31mroot\u{202e}gpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; '=1+1",203.0.113.9,2,INC-0123456789,,,"Alice stopped the trail main from 203.0.113.9. Five minutes later a process started in pod shop/api-7d9f whose name is \u{1b}[31mroot\u{202e}gpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; '=1+1; password=[masked] stood on its command line.","deactivate-key AKIAIOSFODNN7EXAMPLE; Rebuild the pod from a known image.",true-positive
    "#);
}

#[test]
fn events_and_totals_as_csv() {
    insta::assert_snapshot!(render(ViewKind::Timeline, Format::Csv, &options(80)), @r#"
    time,source,layer,provider,account,region,actor_id,actor_name,actor_type,session,via,source_ip,user_agent,action,outcome,error_code,target_type,target_id,target_name,other_targets,evidence_file,evidence_record,evidence_uid,evidence_total,findings,incident,context
    2026-03-01T09:00:00Z,aws.cloudtrail,cloud,aws,111122223333,eu-west-1,aws:111122223333:AIDAEXAMPLE,alice,user,,,2001:db8::1,"\u{1b}[31mroot\u{202e}gpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; '=1+1",cloudtrail:StopLogging,denied,AccessDenied,,,,,AWSLogs/111122223333/x.json.gz,7,e-1,1,F-9c2e51d07a3b44f8,INC-9c2e51d07a,false
    2026-03-01T09:01:00Z,aws.cloudtrail,cloud,aws,111122223333,eu-west-1,aws:111122223333:AIDAEXAMPLE,alice,user,,,2001:db8::1,"\u{1b}[31mroot\u{202e}gpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; '=1+1",sts:GetCallerIdentity,denied,AccessDenied,,,,,"'-",8,e-2,1,,,true
    "#);
    insta::assert_snapshot!(render(ViewKind::Summary, Format::Csv, &options(80)), @r#"
    by,value,name,type,events,denied,bytes,first,last,findings,severity,actors,source_ips,accounts,regions,actions,user_agents,failed,devices,sessions,roles,sensitive
    actor,aws:111122223333:AIDAEXAMPLE,"\u{1b}[31mroot\u{202e}gpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; '=1+1",user,12345,12,,2026-03-01T09:00:00.500Z,2026-03-01T11:14:00Z,2,critical,,"203.0.113.9 (12000); 198.51.100.4 (345)",111122223333 (12345),eu-west-1 (12345),"s3:GetObject (12000); '=cmd (1)",aws-cli,3,203.0.113.9 aws-cli (12000),AKIAIOSFODNN7EXAMPLE (12345),,cloudtrail:StopLogging (2)
    "#);
}

#[test]
fn findings_as_a_navigator_layer() {
    insta::assert_snapshot!(render(ViewKind::Findings, Format::Navigator, &options(80)), @r##"
    {
      "name": "ctadel",
      "versions": {
        "attack": "19",
        "navigator": "5.1.0",
        "layer": "4.5"
      },
      "domain": "enterprise-attack",
      "description": "2 findings; the score counts them",
      "sorting": 3,
      "techniques": [
        {
          "techniqueID": "T1059.004",
          "score": 1,
          "color": "#8e1b1b",
          "comment": "\u001b[31mroot\u202egpj 漢字 🦀 <script>alert(1)</script> a|b `c` ; =1+1",
          "enabled": true
        },
        {
          "techniqueID": "T1685.002",
          "tactic": "defense-impairment",
          "score": 1,
          "color": "#d9534f",
          "comment": "CloudTrail trail stopped",
          "enabled": true
        }
      ],
      "gradient": {
        "colors": [
          "#ffffff",
          "#c0392b"
        ],
        "minValue": 0,
        "maxValue": 1
      },
      "legendItems": [
        {
          "label": "critical",
          "color": "#8e1b1b"
        },
        {
          "label": "high",
          "color": "#d9534f"
        },
        {
          "label": "medium",
          "color": "#f0ad4e"
        },
        {
          "label": "low",
          "color": "#5bc0de"
        },
        {
          "label": "informational",
          "color": "#d6d6d6"
        }
      ]
    }
    "##);
}
