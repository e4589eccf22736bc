//! ATT&CK v19: the tactics in kill-chain order, which technique belongs to which, old ids.
//!
//! What enters are the tags of a rule (`attack.stealth`, `attack.t1685.002`), what leaves are
//! pairs for reports. v19 split Defense Evasion in two and renamed T1562; rules of both ages load.

/// One technique under one tactic, as v19 names them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attack {
    /// Short name, `defense-impairment`; empty where a rule names no tactic.
    pub tactic: &'static str,
    /// `TA0112`.
    pub tactic_id: &'static str,
    /// `T1685.002`; empty where a rule names a tactic alone.
    pub technique: String,
}

/// A tactic of the enterprise matrix.
#[derive(Debug, PartialEq, Eq)]
pub struct Tactic {
    /// Short name as tags and machine output write it.
    pub name: &'static str,
    /// `TA0001`.
    pub id: &'static str,
    /// As people read it.
    pub title: &'static str,
    /// Numbers of the techniques that have it; a sub-technique has the tactics of its parent.
    techniques: &'static [u16],
}

/// The tactic that v18 had in place of the two newest.
const EVASION: (&str, &str, &str) = ("defense-evasion", "TA0005", "Defense evasion");

/// All tactics, in the order in which an attack usually runs through them.
// Techniques: the enterprise matrix of v19, https://attack.mitre.org/matrices/enterprise/
#[rustfmt::skip]
pub const TACTICS: [Tactic; 15] = [
    Tactic { name: "reconnaissance", id: "TA0043", title: "Reconnaissance", techniques: &[
        1589, 1590, 1591, 1592, 1593, 1594, 1595, 1596, 1597, 1598, 1681, 1682,
    ] },
    Tactic { name: "resource-development", id: "TA0042", title: "Resource development", techniques: &[
        1583, 1584, 1585, 1586, 1587, 1588, 1608, 1650, 1683,
    ] },
    Tactic { name: "initial-access", id: "TA0001", title: "Initial access", techniques: &[
        1078, 1091, 1133, 1189, 1190, 1195, 1199, 1200, 1566, 1659, 1669,
    ] },
    Tactic { name: "execution", id: "TA0002", title: "Execution", techniques: &[
        1047, 1053, 1059, 1072, 1106, 1129, 1203, 1204, 1559, 1569, 1609, 1610, 1648, 1651, 1674,
        1675, 1677,
    ] },
    Tactic { name: "persistence", id: "TA0003", title: "Persistence", techniques: &[
        1037, 1053, 1078, 1098, 1112, 1133, 1136, 1137, 1176, 1197, 1205, 1505, 1525, 1542, 1543,
        1546, 1547, 1554, 1556, 1574, 1653, 1668, 1671,
    ] },
    Tactic { name: "privilege-escalation", id: "TA0004", title: "Privilege escalation", techniques: &[
        1037, 1053, 1055, 1068, 1078, 1098, 1134, 1484, 1543, 1546, 1547, 1548, 1574, 1611,
    ] },
    Tactic { name: "stealth", id: "TA0005", title: "Stealth", techniques: &[
        1006, 1014, 1027, 1036, 1055, 1070, 1078, 1127, 1134, 1140, 1197, 1202, 1205, 1207, 1211,
        1216, 1218, 1220, 1221, 1480, 1497, 1535, 1542, 1564, 1574, 1612, 1620, 1622, 1647, 1678,
        1679, 1684,
    ] },
    Tactic { name: "defense-impairment", id: "TA0112", title: "Defense impairment", techniques: &[
        1112, 1222, 1484, 1553, 1556, 1578, 1599, 1600, 1601, 1666, 1685, 1686, 1687, 1688, 1689,
        1690,
    ] },
    Tactic { name: "credential-access", id: "TA0006", title: "Credential access", techniques: &[
        1003, 1040, 1056, 1110, 1111, 1187, 1212, 1528, 1539, 1552, 1555, 1556, 1557, 1558, 1606,
        1621, 1649,
    ] },
    Tactic { name: "discovery", id: "TA0007", title: "Discovery", techniques: &[
        1007, 1010, 1012, 1016, 1018, 1033, 1040, 1046, 1049, 1057, 1069, 1082, 1083, 1087, 1120,
        1124, 1135, 1201, 1217, 1482, 1497, 1518, 1526, 1538, 1580, 1613, 1614, 1615, 1619, 1622,
        1652, 1654, 1673, 1680,
    ] },
    Tactic { name: "lateral-movement", id: "TA0008", title: "Lateral movement", techniques: &[
        1021, 1072, 1080, 1091, 1210, 1534, 1550, 1563, 1570,
    ] },
    Tactic { name: "collection", id: "TA0009", title: "Collection", techniques: &[
        1005, 1025, 1039, 1056, 1074, 1113, 1114, 1115, 1119, 1123, 1125, 1185, 1213, 1530, 1557,
        1560, 1602,
    ] },
    Tactic { name: "command-and-control", id: "TA0011", title: "Command and control", techniques: &[
        1001, 1008, 1071, 1090, 1092, 1095, 1102, 1104, 1105, 1132, 1205, 1219, 1568, 1571, 1572,
        1573, 1659, 1665,
    ] },
    Tactic { name: "exfiltration", id: "TA0010", title: "Exfiltration", techniques: &[
        1011, 1020, 1029, 1030, 1041, 1048, 1052, 1537, 1567,
    ] },
    Tactic { name: "impact", id: "TA0040", title: "Impact", techniques: &[
        1485, 1486, 1489, 1490, 1491, 1495, 1496, 1498, 1499, 1529, 1531, 1561, 1565, 1657, 1667,
    ] },
];

/// Techniques that v19 revoked, and what took their place.
// https://attack.mitre.org/resources/updates/updates-april-2026/
const RENAMED: [(&str, &str); 17] = [
    ("T1562", "T1685"),
    ("T1562.001", "T1685"),
    ("T1562.002", "T1685.001"),
    ("T1562.003", "T1690"),
    ("T1562.004", "T1686"),
    ("T1562.006", "T1685"),
    ("T1562.007", "T1686.001"),
    ("T1562.008", "T1685.002"),
    ("T1562.009", "T1688"),
    ("T1562.010", "T1689"),
    ("T1562.011", "T1685.003"),
    ("T1562.012", "T1685.004"),
    ("T1562.013", "T1686.002"),
    ("T1070.001", "T1685.005"),
    ("T1070.002", "T1685.006"),
    ("T1656", "T1684.001"),
    ("T1672", "T1684.002"),
];

/// The way back, where several old ids became one or v19 split an id: the closest old one.
const BACK: [(&str, &str); 3] = [
    ("T1685", "T1562.001"),
    ("T1686.003", "T1562.004"),
    ("T1687", "T1211"),
];

/// Finds a tactic by its short name, written with `-` or `_`; `defense-evasion` is TA0005.
pub fn tactic(name: &str) -> Option<&'static Tactic> {
    let name = name.to_ascii_lowercase().replace('_', "-");
    let name = if name == EVASION.0 { "stealth" } else { &name };
    TACTICS.iter().find(|tactic| tactic.name == name)
}

/// Tells where in an attack a tactic stands; what is no tactic stands last.
pub fn kill_chain_rank(name: &str) -> usize {
    let name = if name == EVASION.0 { "stealth" } else { name };
    TACTICS
        .iter()
        .position(|tactic| tactic.name == name)
        .unwrap_or(TACTICS.len())
}

/// The heading a tactic is shown under: both heirs of Defense Evasion share one.
pub fn heading(name: &str) -> &'static str {
    match name {
        "stealth" | "defense-impairment" | "defense-evasion" => EVASION.2,
        _ => tactic(name).map_or("", |tactic| tactic.title),
    }
}

/// Reads the ATT&CK tags of a rule; other tags and what is unknown are passed over.
pub fn from_tags(tags: &[String]) -> Vec<Attack> {
    let mut tactics: Vec<&'static Tactic> = Vec::new();
    let mut techniques: Vec<String> = Vec::new();
    let mut evasion = false;
    for word in tags.iter().filter_map(|tag| attack_word(tag)) {
        if let Some(id) = technique_id(&word) {
            let id = current(&id).to_owned();
            if !techniques.contains(&id) {
                techniques.push(id);
            }
        } else if let Some(found) = tactic(&word) {
            // The old word may mean either heir; the technique decides below.
            evasion |= word.replace('_', "-") == EVASION.0;
            if !tactics.contains(&found) {
                tactics.push(found);
            }
        }
    }
    let mut used = vec![false; tactics.len()];
    let mut pairs: Vec<Attack> = Vec::new();
    for technique in &techniques {
        let (said, chosen) = choose(number(technique), &tactics, evasion);
        if let Some(at) = said {
            used[at] = true;
        }
        pairs.push(pair(chosen, technique.clone()));
    }
    for (tactic, _) in tactics.iter().zip(used).filter(|(_, used)| !used) {
        // A technique may serve several tactics of the rule.
        let own = techniques
            .iter()
            .find(|id| tactic.techniques.contains(&number(id)));
        pairs.push(pair(Some(tactic), own.cloned().unwrap_or_default()));
    }
    pairs.shrink_to_fit();
    pairs
}

/// Picks the tactic of a technique among those a rule names: which of them, and what it is now.
fn choose(
    technique: u16,
    tactics: &[&'static Tactic],
    evasion: bool,
) -> (Option<usize>, Option<&'static Tactic>) {
    let heir = |tactic: &Tactic| matches!(tactic.name, "stealth" | "defense-impairment");
    let has = |tactic: &Tactic| tactic.techniques.contains(&technique);
    if let Some(at) = tactics.iter().position(|tactic| has(tactic)) {
        return (Some(at), Some(tactics[at]));
    }
    let known = TACTICS.iter().find(|tactic| has(tactic));
    // The two heirs of Defense Evasion are easily taken for each other.
    let said = tactics.iter().position(|tactic| heir(tactic));
    match (
        said,
        TACTICS.iter().find(|tactic| heir(tactic) && has(tactic)),
    ) {
        (Some(at), Some(right)) if evasion => (Some(at), Some(right)),
        (Some(at), Some(_)) => (Some(at), Some(tactics[at])),
        // A rule's own word holds even where the matrix disagrees.
        _ if !tactics.is_empty() => (Some(0), Some(tactics[0])),
        _ => (None, known),
    }
}

/// The ATT&CK tags that v19 does not know, each with what to write instead where that is clear.
pub fn unknown_tags(tags: &[String]) -> Vec<(String, Option<String>)> {
    let mut unknown = Vec::new();
    for tag in tags {
        let Some(word) = attack_word(tag) else {
            continue;
        };
        // Groups, software and campaigns are ATT&CK too, but no behaviour.
        let object = word.starts_with(['g', 's', 'c'])
            && word.len() > 1
            && word[1..].bytes().all(|b| b.is_ascii_digit());
        match technique_id(&word) {
            Some(id) if current(&id) != id => {
                unknown.push((
                    tag.clone(),
                    Some(format!("attack.{}", current(&id).to_lowercase())),
                ));
            }
            Some(id) if TACTICS.iter().all(|t| !t.techniques.contains(&number(&id))) => {
                unknown.push((tag.clone(), None));
            }
            Some(_) => {}
            None if object => {}
            None => match tactic(&word) {
                None => unknown.push((tag.clone(), None)),
                Some(_) if word.replace('_', "-") == EVASION.0 => {
                    let heirs = "attack.stealth or attack.defense-impairment";
                    unknown.push((tag.clone(), Some(heirs.to_owned())));
                }
                Some(_) => {}
            },
        }
    }
    unknown
}

/// The same behaviour in the words of v18.
pub fn render_v18(attack: &Attack) -> Attack {
    let (tactic, tactic_id) = match attack.tactic {
        "stealth" | "defense-impairment" => (EVASION.0, EVASION.1),
        _ => (attack.tactic, attack.tactic_id),
    };
    let back = BACK.iter().map(|(new, old)| (*old, *new));
    let technique = back
        .chain(RENAMED)
        .find(|(_, new)| *new == attack.technique)
        .map_or_else(|| attack.technique.clone(), |(old, _)| old.to_owned());
    Attack {
        tactic,
        tactic_id,
        technique,
    }
}

/// What stands behind `attack.`, in small letters.
fn attack_word(tag: &str) -> Option<String> {
    let lower = tag.trim().to_ascii_lowercase();
    lower.strip_prefix("attack.").map(str::to_owned)
}

/// `t1685.002` as `T1685.002`, if it has the form of a technique id.
fn technique_id(word: &str) -> Option<String> {
    let digits = word.strip_prefix('t')?;
    let (base, sub) = digits
        .split_once('.')
        .map_or((digits, None), |(b, s)| (b, Some(s)));
    let numeric = |text: &str, len| text.len() == len && text.bytes().all(|b| b.is_ascii_digit());
    (numeric(base, 4) && sub.is_none_or(|sub| numeric(sub, 3))).then(|| word.to_ascii_uppercase())
}

/// The id in use today.
fn current(id: &str) -> &str {
    RENAMED
        .iter()
        .find(|(old, _)| *old == id)
        .map_or(id, |(_, new)| new)
}

/// `1685` of `T1685.002`; 0 is no technique.
fn number(id: &str) -> u16 {
    id.get(1..5)
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

fn pair(tactic: Option<&Tactic>, technique: String) -> Attack {
    let (name, id) = tactic.map_or(("", ""), |tactic| (tactic.name, tactic.id));
    Attack {
        tactic: name,
        tactic_id: id,
        technique,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tags, and the pairs of tactic and technique they make.
    type Case = (
        &'static [&'static str],
        &'static [(&'static str, &'static str)],
    );

    fn read(tags: &[&str]) -> Vec<(String, String)> {
        let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
        from_tags(&tags)
            .into_iter()
            .map(|a| (a.tactic.to_owned(), a.technique))
            .collect()
    }

    #[test]
    fn a_technique_goes_to_the_tactic_of_the_rule_that_has_it() {
        let cases: [Case; 12] = [
            (
                &["attack.defense-impairment", "attack.t1685.002"],
                &[("defense-impairment", "T1685.002")],
            ),
            // Old words, old ids.
            (
                &["attack.defense_evasion", "attack.t1562.008"],
                &[("defense-impairment", "T1685.002")],
            ),
            (
                &["attack.defense-evasion", "attack.T1562.001"],
                &[("defense-impairment", "T1685")],
            ),
            (
                &["attack.defense-evasion", "attack.t1562.007"],
                &[("defense-impairment", "T1686.001")],
            ),
            (
                &["attack.defense-evasion", "attack.t1070"],
                &[("stealth", "T1070")],
            ),
            (&["attack.defense-evasion"], &[("stealth", "")]),
            // The second tactic has the technique, the first stands alone.
            (
                &[
                    "attack.initial_access",
                    "attack.credential-access",
                    "attack.t1110",
                    "cve.2021-1",
                ],
                &[("credential-access", "T1110"), ("initial-access", "")],
            ),
            // The matrix has it under the other heir: the rule's word holds.
            (
                &["attack.execution", "attack.stealth", "attack.t1578.002"],
                &[("stealth", "T1578.002"), ("execution", "")],
            ),
            // One technique serves both.
            (
                &[
                    "attack.persistence",
                    "attack.privilege-escalation",
                    "attack.t1098.003",
                ],
                &[
                    ("persistence", "T1098.003"),
                    ("privilege-escalation", "T1098.003"),
                ],
            ),
            // No tactic of the rule has it: the rule's word holds.
            (
                &["attack.impact", "attack.t1087.004"],
                &[("impact", "T1087.004")],
            ),
            (&["attack.t1087.004"], &[("discovery", "T1087.004")]),
            (
                &["attack.t9999", "attack.nonsense", "attack.s0002"],
                &[("", "T9999")],
            ),
        ];
        for (tags, expected) in cases {
            let expected: Vec<(String, String)> = expected
                .iter()
                .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
                .collect();
            assert_eq!(read(tags), expected, "{tags:?}");
        }
    }

    #[test]
    fn v18_gets_its_own_words_back() {
        for (new, old) in [
            ("attack.t1685.002", "T1562.008"),
            ("attack.t1685", "T1562.001"),
            ("attack.t1686.001", "T1562.007"),
            ("attack.t1686", "T1562.004"),
            ("attack.t1578.005", "T1578.005"),
        ] {
            let tags = ["attack.defense-impairment".to_owned(), new.to_owned()];
            let old_pair = render_v18(&from_tags(&tags)[0]);
            assert_eq!(
                (old_pair.tactic, old_pair.tactic_id),
                ("defense-evasion", "TA0005")
            );
            assert_eq!(old_pair.technique, old);
        }
        let same = &from_tags(&["attack.impact".to_owned(), "attack.t1485".to_owned()])[0];
        assert_eq!(render_v18(same), *same);
    }

    #[test]
    fn tactics_have_an_order_and_headings() {
        assert!(kill_chain_rank("initial-access") < kill_chain_rank("impact"));
        assert_eq!(
            kill_chain_rank("defense-evasion"),
            kill_chain_rank("stealth")
        );
        assert_eq!(kill_chain_rank(""), TACTICS.len());
        assert_eq!(heading("defense-impairment"), "Defense evasion");
        assert_eq!(heading("lateral-movement"), "Lateral movement");
        assert_eq!(tactic("Defense_Impairment").map(|t| t.id), Some("TA0112"));
    }

    #[test]
    fn unknown_and_outdated_tags_are_named() {
        let tags: Vec<String> = [
            "attack.t1562.008",
            "attack.t9999",
            "attack.evasion",
            "attack.g0016",
            "attack.t1485",
            "x.y",
        ]
        .map(str::to_owned)
        .to_vec();
        let expected = [
            (
                "attack.t1562.008".to_owned(),
                Some("attack.t1685.002".to_owned()),
            ),
            ("attack.t9999".to_owned(), None),
            ("attack.evasion".to_owned(), None),
        ];
        assert_eq!(unknown_tags(&tags), expected);
    }
}
