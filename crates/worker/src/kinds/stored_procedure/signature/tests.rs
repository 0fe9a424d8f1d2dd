//! Given parameters against signatures.

use serde_json::json;

use super::*;

/// `"a int, b int = "`: with a default; `"out c int"`; `" int"`: without a name.
fn routine(text: &str) -> Routine {
    let parameter = |text: &str| {
        let (mode, text) = match text.strip_prefix("out ") {
            Some(rest) => (Mode::Out, rest),
            None => (Mode::In, text),
        };
        let (text, has_default) = match text.strip_suffix(" =") {
            Some(text) => (text, true),
            None => (text, false),
        };
        let (name, declared) = text.split_once(' ').unwrap();
        Parameter {
            name: (!name.is_empty()).then(|| name.to_owned()),
            declared: declared.to_owned(),
            shape: Shape::Text,
            mode,
            has_default,
        }
    };
    let parameters = text.split(',').filter(|text| !text.is_empty()).map(parameter).collect();
    let kind = RoutineKind::Function;
    Routine { schema: "s".to_owned(), name: "f".to_owned(), kind, parameters }
}

fn check(routines: &[&str], given: &Value, expect: Result<&str, &str>) {
    let routines = routines.iter().map(|text| routine(text)).collect();
    let chosen = choose(routines, given.as_object().unwrap());
    let chosen = chosen.map(|fit| fit.routine.to_string());
    assert_eq!(chosen.as_deref().map_err(String::as_str), expect, "{given}");
}

#[test]
fn one_routine_says_what_does_not_fit() {
    let one = ["a int,b text ="];
    check(&one, &json!({"a": 1}), Ok("s.f(a int, b text)"));
    check(&one, &json!({"A": 1, "@b": 2}), Ok("s.f(a int, b text)"));
    check(&one, &json!({"1": 1, "2": 2}), Ok("s.f(a int, b text)"));
    check(&one, &json!({"b": 1}), Err("parameter `a` (int) of s.f(a int, b text) is missing"));
    check(&one, &json!({"2": 1}), Err("parameter `a` (int) of s.f(a int, b text) is missing"));
    check(&one, &json!({"a": 1, "c": 1}), Err("parameter `c` is not one of s.f(a int, b text)"));
    check(&one, &json!({"1": 1, "3": 1}), Err("parameter `3` is not one of s.f(a int, b text)"));
    check(&one, &json!({"a": 1, "@a": 1}), Err("parameter `@a` is given twice"));
    check(&[" int"], &json!({}), Err("parameter `1` (int) of s.f(int) is missing"));
    check(&["out c int"], &json!({"c": 1}), Err("parameter `c` is not one of s.f()"));
    check(&["out c int"], &json!({}), Ok("s.f()"));
}

#[test]
fn overloads_are_told_apart_by_what_is_given() {
    let by_name = ["a int", "a int,b int", "c text"];
    check(&by_name, &json!({"a": 1}), Ok("s.f(a int)"));
    check(&by_name, &json!({"a": 1, "b": 1}), Ok("s.f(a int, b int)"));
    check(&by_name, &json!({"c": 1}), Ok("s.f(c text)"));
    check(&by_name, &json!({"1": 1, "2": 1}), Ok("s.f(a int, b int)"));
    let none = "the parameters fit none of: s.f(a int); s.f(a int, b int); s.f(c text)";
    check(&by_name, &json!({"d": 1}), Err(none));
    check(&["a int", "a int,b int ="], &json!({"a": 1}), Ok("s.f(a int)"));
    let both = "the parameters fit more than one of: s.f(a int); s.f(a text)";
    check(&["a int", "a text"], &json!({"a": 1}), Err(both));
    let many = ["a int", "a text", "a date", "a uuid", "a json", "a bool", "a oid"];
    let listed = "the parameters fit more than one of: s.f(a int); s.f(a text); s.f(a date); \
                  s.f(a uuid); s.f(a json); and 2 more";
    check(&many, &json!({"a": 1}), Err(listed));
}
