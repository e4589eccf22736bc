//! The records, the rules over them, and where the other engine differs.

/// The records.
pub const EVENTS: [&str; 11] = [
    r#"{"a":"Alpha Beta","n":5,"b":true,"ip":"192.0.2.7","t":"2026-06-03T20:41:12Z","same":"alpha beta","o":{"k":"v w","l":[1,2]}}"#,
    r#"{"a":"beta","n":"5","b":"false","ip":"2001:db8::17","t":"2025-12-29T00:05:00Z","same":"be"}"#,
    r#"{"a":"","n":4.5,"b":false,"ip":"198.51.100.7","e":null}"#,
    r#"{"a":"x*y","n":-1,"e":"","same":"x"}"#,
    r#"{"a":"x\\y","n":"many","e":0,"same":"y"}"#,
    r#"{"a":["Alpha","x*y"],"o":{"k":["one","two"],"m":[{"k":"one","v":"1"},{"k":"two","v":"2"}]}}"#,
    r#"{"a":["gamma",["beta"]],"e":[],"o":{}}"#,
    r#"{"a":"cmd -enc VABlAHMAdAA= /c","s":"c29tZSBzZWNyZXQgdGV4dA==","o":{"doc":"{\"Action\":\"s3:GetObject\"}"}}"#,
    r#"{"a":"ÜBER","A":"upper","line":"one\ntwo"}"#,
    r#"{"deep":{"er":{"a.b":"dots","word":"Needle in hay"}},"list":["needle",7]}"#,
    r#"{"requestParameters":{"bucketName":"logs"}}"#,
];

/// A detection, and the positions of the records that it finds.
pub type Row = (&'static str, &'static [usize]);

pub const ROWS: &[Row] = &[
    // Text: whole values, without case.
    ("{s: {a: alpha beta}, condition: s}", &[0]),
    ("{s: {a: [beta, 'alpha']}, condition: s}", &[1, 5, 6]),
    ("{s: {a: über}, condition: s}", &[8]),
    ("{s: {a|cased: beta}, condition: s}", &[1, 6]),
    ("{s: {a|cased: alpha beta}, condition: s}", &[]),
    ("{s: {a|cased|contains: Alpha}, condition: s}", &[0, 5]),
    // Wildcards and their escapes.
    ("{s: {a: '*beta'}, condition: s}", &[0, 1, 6]),
    ("{s: {a: 'al*a'}, condition: s}", &[0, 5]),
    ("{s: {a: 'bet?'}, condition: s}", &[1, 6]),
    (r"{s: {a: 'x\*y'}, condition: s}", &[3, 5]),
    (r"{s: {a: 'x*y'}, condition: s}", &[3, 4, 5]),
    (r"{s: {a: 'x\y'}, condition: s}", &[4]),
    (r"{s: {a: 'x\\y'}, condition: s}", &[4]),
    (r"{s: {a: 'x\\*'}, condition: s}", &[4]),
    (r"{s: {a|contains: '\*'}, condition: s}", &[3, 5]),
    // Parts of text.
    ("{s: {a|contains: beta}, condition: s}", &[0, 1, 6]),
    ("{s: {a|startswith: al}, condition: s}", &[0, 5]),
    ("{s: {a|endswith: ta}, condition: s}", &[0, 1, 6]),
    ("{s: {a|contains|all: [alpha, beta]}, condition: s}", &[0]),
    ("{s: {a|all: [alpha, 'x*']}, condition: s}", &[5]),
    ("{s: {line|contains: 'e*t'}, condition: s}", &[8]),
    // Regular expressions: anywhere, with case unless a flag says otherwise.
    ("{s: {a|re: 'A.pha'}, condition: s}", &[0, 5]),
    ("{s: {a|re: 'a.pha'}, condition: s}", &[]),
    ("{s: {a|re|i: 'a.pha'}, condition: s}", &[0, 5]),
    ("{s: {line|re: '^two$'}, condition: s}", &[]),
    ("{s: {line|re|m: '^two$'}, condition: s}", &[8]),
    ("{s: {line|re: 'one.two'}, condition: s}", &[]),
    ("{s: {line|re|s: 'one.two'}, condition: s}", &[8]),
    ("{s: {a|re: ['^b', '^g']}, condition: s}", &[1, 6]),
    // Addresses.
    ("{s: {ip|cidr: 192.0.2.0/24}, condition: s}", &[0]),
    (
        "{s: {ip|cidr: ['192.0.2.0/24', '2001:db8::/32']}, condition: s}",
        &[0, 1],
    ),
    ("{s: {a|cidr: 0.0.0.0/0}, condition: s}", &[]),
    // Encodings.
    ("{s: {s|base64: some secret text}, condition: s}", &[7]),
    ("{s: {s|base64offset|contains: secret}, condition: s}", &[7]),
    (
        "{s: {a|wide|base64offset|contains: Test}, condition: s}",
        &[7],
    ),
    (
        "{s: {a|utf16le|base64offset|contains: Test}, condition: s}",
        &[7],
    ),
    ("{s: {a|windash|contains: ' -c'}, condition: s}", &[7]),
    ("{s: {a|windash|contains: ' /enc '}, condition: s}", &[7]),
    // Presence.
    ("{s: {e|exists: true}, condition: s}", &[3, 4, 6]),
    (
        "{s: {e|exists: false}, condition: s}",
        &[0, 1, 2, 5, 7, 8, 9, 10],
    ),
    (
        "{s: {e: null}, condition: s}",
        &[0, 1, 2, 3, 5, 6, 7, 8, 9, 10],
    ),
    ("{s: {e: ''}, condition: s}", &[3]),
    ("{s: {o.k|exists: true}, condition: s}", &[0, 5]),
    ("{s: {e: '*'}, condition: s}", &[4]),
    // Other fields of the record.
    ("{s: {a|fieldref: same}, condition: s}", &[0]),
    (
        "{s: {a|fieldref|startswith: same}, condition: s}",
        &[0, 1, 3],
    ),
    ("{s: {a|fieldref|endswith: same}, condition: s}", &[0, 4]),
    (
        "{s: {a|fieldref|contains: same}, condition: s}",
        &[0, 1, 3, 4],
    ),
    // Numbers.
    ("{s: {n|lt: 5}, condition: s}", &[2, 3]),
    ("{s: {n|lte: 5}, condition: s}", &[0, 1, 2, 3]),
    ("{s: {n|gt: 4}, condition: s}", &[0, 1, 2]),
    ("{s: {n|gte: 5}, condition: s}", &[0, 1]),
    ("{s: {n: 5}, condition: s}", &[0, 1]),
    ("{s: {n: '5'}, condition: s}", &[0, 1]),
    ("{s: {b: true}, condition: s}", &[0]),
    ("{s: {b: 'false'}, condition: s}", &[1, 2]),
    ("{s: {b: false}, condition: s}", &[1, 2]),
    ("{s: {n|neq: 5, n|exists: true}, condition: s}", &[2, 3, 4]),
    (
        "{s: {a|neq: beta, a|exists: true}, condition: s}",
        &[0, 2, 3, 4, 5, 7, 8],
    ),
    // Parts of a time.
    ("{s: {t|hour: 20}, condition: s}", &[0]),
    ("{s: {t|minute|lt: 10}, condition: s}", &[1]),
    ("{s: {t|day: 3}, condition: s}", &[0]),
    ("{s: {t|month|gte: 7}, condition: s}", &[1]),
    ("{s: {t|year: 2026}, condition: s}", &[0]),
    ("{s: {t|week: 1}, condition: s}", &[1]),
    // Arrays and objects.
    ("{s: {o.k: two}, condition: s}", &[5]),
    ("{s: {o.m.k: two, o.m.v: '1'}, condition: s}", &[5]),
    ("{s: {o.k|contains|all: [one, two]}, condition: s}", &[5]),
    ("{s: {deep.er.a.b: dots}, condition: s}", &[9]),
    ("{s: {o|contains: '\"k\":\"v w\"'}, condition: s}", &[0]),
    (
        "{s: {o|contains: '\"Action\":\"s3:GetObject\"'}, condition: s}",
        &[7],
    ),
    ("{s: {deep|contains: needle}, condition: s}", &[9]),
    ("{s: {e: '[]'}, condition: s}", &[6]),
    // Words anywhere.
    ("{k: [needle], condition: k}", &[9]),
    ("{k: [needle in, alpha], condition: k}", &[0, 5, 9]),
    ("{k: {'|all': [needle, dots]}, condition: k}", &[9]),
    ("{k: {'|all': [needle, alpha]}, condition: k}", &[]),
    ("{k: [7], condition: k}", &[0, 1, 2, 9]),
    // Field names: exactly as written, and in another case where there is no such field.
    ("{s: {LINE: '*two'}, condition: s}", &[]),
    ("{s: {a: upper}, condition: s}", &[]),
    ("{s: {A: upper}, condition: s}", &[8]),
    (
        "{s: {requestparameters.BUCKETNAME: logs}, condition: s}",
        &[10],
    ),
    // Lists of maps, and conditions.
    ("{s: [{a: beta}, {n: -1}], condition: s}", &[1, 3, 6]),
    ("{s: {a: beta, n: 5}, condition: s}", &[1]),
    (
        "{x1: {a: beta}, x2: {n: 5}, y: {b: true}, condition: 1 of x*}",
        &[0, 1, 6],
    ),
    (
        "{x1: {a: beta}, x2: {n: 5}, y: {b: true}, condition: all of x*}",
        &[1],
    ),
    (
        "{x1: {a: beta}, x2: {n: 5}, y: {b: true}, condition: 1 of them and not y}",
        &[1, 6],
    ),
    ("{x1: {a: beta}, x2: {n: 5}, condition: all of them}", &[1]),
    (
        "{x1: {a: beta}, x2: {n: 5}, y: {b: true}, condition: x2 and not (x1 or not y)}",
        &[0],
    ),
    (
        "{s: {n|exists: true}, f_1: {n: 5}, f_2: {n: many}, condition: s and not 1 of f_*}",
        &[2, 3],
    ),
];

/// A detection, what the other engine finds, and why it is not what we find.
pub type Difference = (&'static str, &'static [usize], &'static str);

pub const DIFFERENCES: &[Difference] = &[
    (
        "{s: {line|contains: 'e*t'}, condition: s}",
        &[],
        "a wildcard stands for any characters; theirs stops at a line break",
    ),
    (
        "{s: {a|windash|contains: ' /enc '}, condition: s}",
        &[],
        "a slash is a flag's sign as well, as in the reference implementation; theirs takes dashes",
    ),
    (
        "{s: {e: null}, condition: s}",
        &[0, 1, 2, 5, 7, 8, 9, 10],
        "empty text and an empty list hold nothing; theirs only null and absence",
    ),
    (
        "{s: {e: '*'}, condition: s}",
        &[3, 4],
        "a lone wildcard asks for something; theirs takes empty text for it",
    ),
    (
        "{s: {t|minute|lt: 10}, condition: s}",
        &[usize::MAX],
        "the specification orders parts of a time; theirs refuses the rule",
    ),
    (
        "{s: {t|month|gte: 7}, condition: s}",
        &[usize::MAX],
        "the specification orders parts of a time; theirs refuses the rule",
    ),
    (
        "{s: {deep.er.a.b: dots}, condition: s}",
        &[],
        "a key may hold dots; theirs finds such keys at the top level only",
    ),
    (
        "{s: {o|contains: '\"k\":\"v w\"'}, condition: s}",
        &[],
        "an object is compared as compact JSON; theirs never matches one",
    ),
    (
        "{s: {o|contains: '\"Action\":\"s3:GetObject\"'}, condition: s}",
        &[],
        "an object is compared once more with the escapes inside it resolved",
    ),
    (
        "{s: {deep|contains: needle}, condition: s}",
        &[],
        "an object is compared as compact JSON; theirs never matches one",
    ),
    (
        "{s: {e: '[]'}, condition: s}",
        &[],
        "a list is compared as compact JSON besides its elements",
    ),
    (
        "{k: {'|all': [needle, dots]}, condition: k}",
        &[],
        "each word may stand in another value; theirs wants all of them in one",
    ),
    (
        "{k: [7], condition: k}",
        &[],
        "a number among words is a word; theirs matches no text with it",
    ),
    (
        "{s: {requestparameters.BUCKETNAME: logs}, condition: s}",
        &[],
        "copies of logs change the case of field names; theirs takes them as written",
    ),
];
