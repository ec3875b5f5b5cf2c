//! What a body may be instead of the right one: another type, another charset, JSON that says two things, members of a
//! wrong kind, too much of everything, and every beginning of the right one.

use serde_json::{Value, json};

use super::super::scripted::{CANARY, HTML, JSON, VERSION};
use super::world::{Question, TOKEN, World, report, whole};

const NOT_JSON: &str = "Unexpected NotJson";
const ENCODING: &str = "Unexpected Encoding";
const SHAPE: &str = "Unexpected Shape";

/// The right status and headers with another body.
fn denies(world: &World, case: &str, body: impl AsRef<[u8]>) {
    world.denies(case, &whole(world.question.success(), &[VERSION, JSON], body.as_ref()), SHAPE);
}

fn grants(world: &World, case: &str, body: impl AsRef<[u8]>) {
    world.grants(case, &whole(world.question.success(), &[VERSION, JSON], body.as_ref()));
}

/// The object with one more member at its end.
fn with(right: &str, member: &str) -> String {
    format!("{},{member}}}", right.strip_suffix('}').unwrap())
}

#[test]
fn the_headers_say_what_the_body_is() {
    let worlds = Question::WITH_BODY.map(|question| {
        let (world, right) = (World::of(question), question.right());
        let told = |headers: &[&str]| whole(question.success(), &[&[VERSION], headers].concat(), right.as_bytes());
        for content_type in [
            "text/html",
            "text/plain",
            "text/json",
            "application/xml",
            "application/json5",
            "application/jsonp",
            "application/x-json",
            "application/problem+json",
            "application/json/x",
            "json",
            ";application/json",
            "text/html, application/json",
            "application/json, text/html",
            "",
        ] {
            world.denies(content_type, &told(&[&format!("Content-Type: {content_type}")]), NOT_JSON);
        }
        world.denies("none", &told(&[]), NOT_JSON);
        world.denies("two", &told(&[JSON, HTML]), NOT_JSON);
        world.denies("two, turned", &told(&[HTML, JSON]), NOT_JSON);
        for charset in ["utf-16", "UTF-16LE", "utf-32", "utf-7", "iso-8859-1", "windows-1252", "us-ascii", "", "\"\""] {
            let header = format!("Content-Type: application/json; charset={charset}");
            world.denies(charset, &told(&[&header]), ENCODING);
        }
        world.denies("two charsets", &told(&[JSON, "Content-Type: application/json;charset=utf-16"]), ENCODING);
        world.denies(
            "charset twice",
            &told(&["Content-Type: application/json;charset=utf-8;Charset=utf-16"]),
            ENCODING,
        );
        for coding in ["gzip", "deflate", "br", "identity, gzip", "x"] {
            world.denies(coding, &told(&[JSON, &format!("Content-Encoding: {coding}")]), ENCODING);
        }
        for header in [
            "Content-Type: application/json",
            "content-type:APPLICATION/JSON ; charset=utf-8",
            "Content-Type: application/json; charset=\"UTF-8\"",
            "Content-Type: application/json; x=y\r\nContent-Encoding: identity",
        ] {
            world.grants(header, &told(&[header]));
        }
        let unversioned = whole(question.success(), &[JSON], right.as_bytes());
        world.denies("no version", &unversioned, "NotCrowd NoVersion");
        let page = format!("<html>\u{1b}[2J{CANARY}{right}</html>");
        world.denies("page", &whole(question.success(), &[HTML], page.as_bytes()), "NotCrowd NoVersion");
        world.denies("Crowd's page", &whole(question.success(), &[VERSION, HTML], page.as_bytes()), NOT_JSON);
        world.denies("page as JSON", &whole(question.success(), &[VERSION, JSON], page.as_bytes()), SHAPE);
        world
    });
    report("content types", 180, &worlds);
}

#[test]
fn every_beginning_of_a_body_is_none() {
    let worlds = Question::WITH_BODY.map(|question| {
        let (world, right) = (World::of(question), question.right());
        (0..right.len()).for_each(|length| denies(&world, "cut", &right.as_bytes()[..length]));
        (1..right.len()).for_each(|start| denies(&world, "begun late", &right.as_bytes()[start..]));
        grants(&world, "whole", &right);
        grants(&world, "with space about it", format!(" \r\n\t{right}\n "));
        world
    });
    report("beginnings and ends", 600, &worlds);
}

#[test]
fn text_is_utf_8_and_json_to_the_letter() {
    let worlds = Question::WITH_BODY.map(|question| {
        let (world, right) = (World::of(question), question.right());
        let utf_16: Vec<u16> = right.encode_utf16().collect();
        let little: Vec<u8> = utf_16.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = utf_16.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        let latin_1: Vec<u8> = right.chars().map(|character| u8::try_from(u32::from(character)).unwrap()).collect();
        for (case, body) in [
            ("UTF-16LE", little.clone()),
            ("UTF-16BE", big.clone()),
            ("UTF-16LE with mark", [&[0xff, 0xfe], little.as_slice()].concat()),
            ("UTF-16BE with mark", [&[0xfe, 0xff], big.as_slice()].concat()),
            ("UTF-8 with mark", [&[0xef, 0xbb, 0xbf], right.as_bytes()].concat()),
            ("Latin-1", latin_1),
            ("zero after it", [right.as_bytes(), &[0]].concat()),
            ("zero before it", [&[0], right.as_bytes()].concat()),
            ("overlong", [b"{\"x\":\"\xc0\xaf\",", &right.as_bytes()[1..]].concat()),
            ("surrogate in bytes", [b"{\"x\":\"\xed\xa0\x80\",", &right.as_bytes()[1..]].concat()),
        ] {
            denies(&world, case, body);
        }
        for around in [
            "null",
            "true",
            "0",
            "\"\"",
            "[]",
            "{}",
            "[R]",
            "[[R]]",
            "RR",
            "R R",
            "R,R",
            "R{}",
            "R[]",
            "R]",
            "{R}",
            "R<!-- -->",
            "R;",
            "R#",
            "/**/R",
            "R//",
            "cb(R)",
            "cb(R);",
            ")]}',\nR",
            "while(1);R",
            "\u{1e}R",
            "{\"d\":R}",
            "{\"UserEntity\":R}",
            "{\"GroupEntity\":R}",
            "{\"user\":[R]}",
            "{\"users\":[R]}",
            "{\"groups\":[R]}",
            "{\"expand\":\"group\",\"groups\":[]}",
            "<?xml version=\"1.0\"?><user><name>x</name></user>",
            "name: x\nactive: true",
        ] {
            denies(&world, around, around.replace('R', &right));
        }
        for member in [
            "\"x\":\"\\ud800\"",
            "\"x\":\"\\u12\"",
            "\"x\":\"\\x41\"",
            "\"x\":\"\u{1}\"",
            "\"x\":\"a\nb\"",
            "'x':1",
            "x:1",
            "\"x\":01",
            "\"x\":+1",
            "\"x\":.5",
            "\"x\":1.",
            "\"x\":0x1",
            "\"x\":NaN",
            "\"x\":Infinity",
            "\"x\":-",
            "\"x\":1e400",
            "\"x\":undefined",
            "\"x\":True",
            "\"x\":\"a",
            "\"x\":[1,]",
            "\"x\":{\"a\":1,}",
            "\"x\"",
            "",
            "\"x\":1,",
            "\"x\":{\"a\":1,\"a\":1}",
            "\"reason\":\"USER_NOT_FOUND\"",
            "\"reason\":null",
            "\"re\\u0061son\":\"X\",\"message\":\"canary\"",
        ] {
            denies(&world, member, with(&right, member));
        }
        denies(&world, "too large a number", with(&right, &format!("\"x\":{}", "9".repeat(400))));
        for member in
            ["\"x\":1e300", "\"x\":18446744073709551616", "\"x\":[{\"a\":[null]}]", "\"Active\":false", "\"\":0"]
        {
            grants(&world, member, with(&right, member));
        }
        world
    });
    report("broken JSON", 365, &worlds);
}

#[test]
fn depth_and_size_have_an_end() {
    let worlds = Question::WITH_BODY.map(|question| {
        let (world, right) = (World::of(question), question.right());
        for (case, opened, closed) in [("lists", "[", "]"), ("objects", "{\"a\":", "}")] {
            let deep = format!("{}1{}", opened.repeat(100_000), closed.repeat(100_000));
            denies(&world, case, &deep);
            denies(&world, case, with(&right, &format!("\"x\":{deep}")));
            denies(&world, case, opened.repeat(100_000));
            let shallow = format!("{}1{}", opened.repeat(100), closed.repeat(100));
            grants(&world, case, with(&right, &format!("\"x\":{shallow}")));
        }
        denies(&world, "a member too often", with(&right, &"\"x\":1,".repeat(50_000)));
        world.denies(
            "too long",
            &whole(question.success(), &[VERSION, JSON], format!("{right}{}", " ".repeat(1 << 20)).as_bytes()),
            "Unexpected TooLong(1048576)",
        );
        world
    });
    report("deep and long", 40, &worlds);
}

#[test]
fn what_is_said_twice_is_not_said() {
    let worlds = Question::WITH_BODY.map(|question| {
        let (world, right) = (World::of(question), question.right());
        let object: Value = serde_json::from_str(&right).unwrap();
        for (key, value) in object.as_object().unwrap() {
            for other in [value.clone(), json!(false), json!("x"), json!(null), json!({}), json!([])] {
                denies(&world, key, with(&right, &format!("\"{key}\":{other}")));
                denies(&world, key, format!("{{\"{key}\":{other},{}", &right[1..]));
                let escaped: String = key.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
                denies(&world, key, with(&right, &format!("\"{escaped}\":{other}")));
            }
        }
        if right.contains("\"user\"") {
            for other in ["\"active\":false", "\"active\":true", "\"name\":\"root\""] {
                denies(&world, other, right.replace("\"active\":true", &format!("\"active\":true,{other}")));
                denies(&world, other, right.replace("\"name\"", &format!("{other},\"name\"")));
            }
        }
        world
    });
    report("said twice", 220, &worlds);
}

#[test]
fn a_member_of_a_wrong_kind_is_not_bent_into_shape() {
    let worlds = Question::WITH_BODY.map(|question| {
        let (world, right): (World, Value) = (World::of(question), serde_json::from_str(&question.right()).unwrap());
        let members: &[&str] = match question {
            Question::Session | Question::LogIn => &["/token", "/user", "/user/name", "/user/active", "/expiry-date"],
            Question::Membership => &["/name"],
            _ => &["/name", "/active"],
        };
        for member in members {
            let of_time = *member == "/expiry-date";
            for wrong in [
                json!(null),
                json!(true),
                json!(false),
                json!(0),
                json!(1),
                json!(-1),
                json!(1.5),
                json!(1e300),
                json!(u64::MAX),
                json!(i64::MIN),
                json!(""),
                json!(" "),
                json!([]),
                json!([true]),
                json!(["x"]),
                json!({}),
                json!({ "name": 1 }),
                json!({ "value": true }),
            ] {
                let fits = match &wrong {
                    Value::Bool(_) => member.ends_with("active"),
                    Value::Null => of_time,
                    Value::Number(number) => of_time && number.as_i64().is_some_and(|number| number > i64::MIN),
                    _ => false,
                };
                if !fits {
                    let mut body = right.clone();
                    *body.pointer_mut(member).unwrap() = wrong.clone();
                    let of_another = *member == "/token" && wrong.is_string() && question == Question::Session;
                    let expected = if of_another { "Unexpected OtherName" } else { SHAPE };
                    let body = body.to_string();
                    world.denies(member, &whole(question.success(), &[VERSION, JSON], body.as_bytes()), expected);
                }
            }
        }
        world
    });
    report("wrong kinds", 250, &worlds);
}

#[test]
fn what_is_switched_off_is_told_and_denied() {
    let worlds = Question::WITH_BODY.map(|question| {
        let world = World::of(question);
        let off = match question {
            Question::Membership => with(&question.right(), "\"active\":false"),
            _ => question.right().replace("true", "false"),
        };
        let expected = match question {
            Question::Membership | Question::Group => "no member",
            _ => "PersonInactive",
        };
        world.denies("off", &whole(question.success(), &[VERSION, JSON], off.as_bytes()), expected);
        world
    });
    let [session, _, membership, ..] = &worlds;
    let member = Question::Membership.right();
    grants(membership, "on", with(&member, "\"active\":true"));
    denies(membership, "on in words", with(&member, "\"active\":\"true\""));
    denies(membership, "a list with it", with(&member, "\"groups\":[]"));
    denies(membership, "its people with it", with(&member, "\"users\":null"));
    let other = session.question.right().replace(TOKEN, "T1");
    session.denies("another session", &whole(200, &[VERSION, JSON], other.as_bytes()), "Unexpected OtherName");
    report("switched off", 9, &worlds);
}
