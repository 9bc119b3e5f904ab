//! Words of other languages and notations, and what they mean in a filter.

use super::names;

/// Words for AND, in lower case.
const AND: &[&str] = &[
    "and",
    "und",
    "et",
    "y",
    "e",
    "en",
    "och",
    "og",
    "i",
    "oraz",
    "plus",
    "with",
    "also",
    "ja",
    "és",
    "ve",
    "и",
    "且",
    "和",
    "与",
    "but",
    "∧",
    "ed",
    "sowie",
    "también",
    "かつ",
    "そして",
    "と",
    "及び",
    "⋀",
    "∩",
    "그리고",
    "而且",
    "dan",
    "aber",
    "ainsi",
];

/// Words for OR, in lower case.
const OR: &[&str] = &[
    "or",
    "oder",
    "ou",
    "o",
    "of",
    "eller",
    "lub",
    "nebo",
    "oppure",
    "vagy",
    "tai",
    "veya",
    "или",
    "或",
    "and/or",
    "∨",
    "/",
    "u",
    "または",
    "もしくは",
    "又は",
    "⋁",
    "∪",
    "¦",
    "또는",
    "或者",
    "atau",
];

/// Words for NOT, in lower case.
const NOT: &[&str] = &[
    "not",
    "nicht",
    "pas",
    "except",
    "excluding",
    "without",
    "no",
    "non",
    "exclude",
    "excludes",
    "не",
    "nie",
    "unless",
    "arent",
    "isnt",
];

/// Words after a word for AND or OR that add nothing: `ou bien`, `or else`.
pub(super) const EMPHASES: &[&str] = &[
    "bien", "else", "auch", "also", "too", "anche", "aussi", "que", "maybe", "even", "then",
];

/// Words that mean `=`, or begin several that do, in lower case.
const EQUAL: &[&str] = &[
    "eq",
    "is",
    "equals",
    "equal",
    "equalto",
    "equal_to",
    "eql",
    "matches",
    "match",
    "like",
    "ist",
    "regexp",
    "rlike",
    "regex",
    "similar",
    "sind",
    "es",
    "est",
    "contains",
    "includes",
    "has",
    "was",
    "are",
    "be",
    "does",
    "do",
    "must",
    "should",
    "any",
    "one",
    "gleich",
    "égal",
    "igual",
    "uguale",
    "ilike",
    "same",
    "set",
    "är",
    "isequalto",
];

/// Words that mean `!=`, in lower case.
const NOT_EQUAL: &[&str] = &[
    "ne",
    "neq",
    "not_equal",
    "notequal",
    "notequals",
    "not_equals",
    "isnt",
    "isnot",
    "is_not",
    "unequal",
    "differs",
    "doesnt",
    "arent",
    "wasnt",
    "ungleich",
];

/// Words that may follow a word for `=` or `!=`.
pub(super) const PARTICLES: &[&str] = &["to", "from", "a", "an", "the", "of", "as", "exactly"];

/// Words before or after a filter that are not part of it.
pub(super) const FILLERS: &[&str] = &[
    "only",
    "just",
    "where",
    "when",
    "if",
    "having",
    "the",
    "show",
    "list",
    "me",
    "get",
    "find",
    "give",
    "please",
    "all",
    "everyone",
    "everybody",
    "anyone",
    "people",
    "nur",
    "alle",
    "solo",
    "tous",
    "todos",
    "either",
    "both",
    "true",
    "assert",
    "return",
    "then",
    "etc",
    "try",
    "use",
    "i",
    "want",
    "seulement",
    "les",
    "los",
    "die",
];

/// Words between what is listed and a condition.
pub(super) const RELATIVES: &[&str] = &[
    "who", "that", "which", "whose", "where", "with", "are", "is",
];

/// Keys of a comparison that is described as an object.
pub(super) const FIELD_KEYS: &[&str] = &[
    "field",
    "property",
    "key",
    "attribute",
    "column",
    "name",
    "path",
];
pub(super) const OPERATOR_KEYS: &[&str] = &[
    "op",
    "operator",
    "comparator",
    "comparison",
    "relation",
    "type",
];
pub(super) const VALUE_KEYS: &[&str] = &["value", "values", "val"];

/// Names of the parameter that holds a filter.
pub(super) const KEYS: &[&str] = &["filter", "query", "expression", "expr", "condition", "q"];

/// Words before the name of a variable.
pub(super) const VARIABLES: &[&str] = &[
    "let", "const", "var", "val", "my", "auto", "string", "String", "set", "export",
];

/// Keys of objects that contain a condition.
pub(super) const OBJECTS: &[&str] = &["where", "filters", "filter", "query", "match", "term"];

/// Functions that take a filter.
pub(super) const CALLS: &[&str] = &["filter", "setfilter", "where", "query", "list"];

/// Characters of operators that are not ASCII, with what they mean.
pub(super) const WIDE_OPERATORS: &[(&str, &str)] = &[
    ("≠", "!="),
    ("＝", "="),
    ("：", ":"),
    ("！", "!"),
    ("≤", "<="),
    ("≥", ">="),
    ("﹦", "="),
    ("꞊", "="),
    ("⩵", "=="),
    ("＜", "<"),
    ("＞", ">"),
    ("¬", "!"),
    ("←", "<-"),
];

/// Other parameters of a list request, without separators and in lower case.
pub(super) const PARAMETERS: &[&str] = &[
    "pagesize",
    "pagetoken",
    "useadminaccess",
    "showgroups",
    "showinvited",
    "fields",
    "alt",
    "key",
    "top",
    "skip",
    "limit",
    "orderby",
    "prettyprint",
    "parent",
];

/// Words at the start of statements that have `WHERE`.
pub(super) const STATEMENTS: &[&str] = &["select", "delete", "from", "update", "find"];

/// Functions that change the case or the type of a field's value.
pub(super) const CASES: &[&str] = &[
    "upper",
    "lower",
    "trim",
    "string",
    "str",
    "tostring",
    "toupper",
    "tolower",
    "touppercase",
    "tolowercase",
    "casefold",
    "value",
];

/// Names of fields in other words, with their paths.
pub(super) const FIELDS: &[(&str, &[&str])] = &[
    (
        "member.type",
        &[
            "kind",
            "memberkind",
            "tipo",
            "typ",
            "category",
            "usertypes",
            "typen",
            "accounttype",
            "persontype",
            "participanttype",
            "attendeetype",
            "identitytype",
            "member",
            "types",
            "тип",
            "タイプ",
            "类型",
        ],
    ),
    (
        "role",
        &[
            "rol",
            "rolle",
            "ruolo",
            "papel",
            "funktion",
            "rang",
            "rank",
            "position",
            "permission",
            "accesslevel",
            "level",
            "función",
            "função",
            "роль",
            "ロール",
            "角色",
            "access",
            "rolename",
            "grouprole",
            "fonction",
            "funzione",
        ],
    ),
];

/// Words of SQL after a condition.
pub(super) const CLAUSES: &[&str] = &["order", "limit", "offset", "group", "sort", "fetch"];

/// What may contain the object that has the fields.
pub(super) const CONTAINERS: &[&str] = &[
    "spaces",
    "members",
    "membership",
    "memberships",
    "this",
    "self",
    "it",
    "item",
    "m",
    "x",
    "u",
    "user",
    "data",
    "obj",
    "object",
    "resource",
    "response",
    "request",
    "result",
    "results",
    "$",
    "row",
    "entry",
    "participant",
    "participants",
    "attendee",
    "person",
    "account",
    "record",
    "author",
    "actor",
    "subject",
    "sender",
    "principal",
    "chat",
    "google",
];

/// Values in other languages, with their names.
const VALUES: &[(&str, &[&str])] = &[
    (
        "HUMAN",
        &[
            "humano",
            "humanos",
            "humana",
            "mensch",
            "menschen",
            "humain",
            "humains",
            "umano",
            "persona",
            "personas",
            "pessoa",
            "mens",
            "mensen",
            "menschlich",
            "człowiek",
            "människa",
            "menneske",
            "человек",
            "personne",
            "usuario",
            "utilisateur",
            "benutzer",
            "nutzer",
            "人間",
            "人",
        ],
    ),
    (
        "BOT",
        &[
            "robot",
            "robots",
            "бот",
            "aplicacion",
            "aplicación",
            "anwendung",
            "application",
            "chatbot",
            "robô",
            "робот",
            "ボット",
            "机器人",
        ],
    ),
    (
        "ROLE_MANAGER",
        &[
            "verwalter",
            "leiter",
            "gerente",
            "gestionnaire",
            "administrador",
            "administrator",
            "beheerder",
            "propietario",
            "besitzer",
            "eigentümer",
            "propriétaire",
            "gestor",
            "менеджер",
            "マネージャー",
            "管理者",
            "管理员",
        ],
    ),
    (
        "ROLE_MEMBER",
        &[
            "miembro",
            "mitglied",
            "membre",
            "membro",
            "lid",
            "medlem",
            "участник",
            "participant",
            "participants",
            "メンバー",
            "成员",
        ],
    ),
];

/// A connective as it was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Connective {
    And,
    Or,
    /// A comma or a semicolon.
    List,
}

/// Returns a word in lower case, as words are in the tables. Each letter on its own: `str::to_lowercase`
/// also knows where a Greek word ends, and needs more tables of the standard library for it.
pub(super) fn lower(word: &str) -> String {
    word.chars().flat_map(char::to_lowercase).collect()
}

/// Returns a name in lower case, with only its letters and digits.
pub(super) fn simple(name: &str) -> String {
    let name = name.chars().filter(|c| c.is_alphanumeric());
    name.flat_map(char::to_lowercase).collect()
}

/// Returns the connective that a word means.
pub(super) fn connective(word: &str) -> Option<Connective> {
    let word = lower(&names::plain(word));
    // `-and`, as in PowerShell.
    let word = match word.strip_prefix('-') {
        Some(word @ ("and" | "or")) => word,
        _ => &*word,
    };
    if AND.contains(&word) {
        Some(Connective::And)
    } else if OR.contains(&word) {
        Some(Connective::Or)
    } else {
        None
    }
}

/// Returns the connective that a word between two comparisons is a misspelling of.
pub(super) fn near_connective(word: &str) -> Option<Connective> {
    let word = lower(word);
    if !(2..=5).contains(&word.len()) || !word.is_ascii() {
        return None;
    }
    if word != "nand" && strsim::osa_distance(&word, "and") <= 1 {
        return Some(Connective::And);
    }
    matches!(&*word, "orr" | "oor" | "ro" | "ore" | "0r" | "ir" | "pr").then_some(Connective::Or)
}

/// Whether a word means NOT.
pub(super) fn is_not(word: &str) -> bool {
    NOT.contains(&&*lower(word))
}

/// Returns whether an operator or a word means `=` (`true`) or `!=` (`false`).
pub(super) fn equality(word: &str) -> Option<bool> {
    if !word.contains(char::is_alphabetic) {
        // In Lua and MATLAB, `~=` means `!=`; elsewhere, a match.
        let is_equal = word.chars().all(|c| matches!(c, '=' | ':' | '~')) && word != "~=";
        if is_equal || ["=>", "->", "<-", "~*", "==>"].contains(&word) {
            return Some(true);
        }
        let differs = ["<>", "><", "/=", "^="].contains(&word) || word.contains('!');
        return differs.then_some(false);
    }
    let word = lower(word.trim_start_matches('-'));
    if EQUAL.contains(&&*word) {
        Some(true)
    } else {
        NOT_EQUAL.contains(&&*word).then_some(false)
    }
}

/// Returns the name of the value that a word of another language means.
pub(super) fn foreign_value(word: &str) -> Option<&'static str> {
    let word = lower(word);
    let found = VALUES.iter().find(|(_, words)| words.contains(&&*word));
    found.map(|(name, _)| *name)
}
