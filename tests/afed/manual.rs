//! The manual pages: one for each command, in ASCII, without dates or faults, and in words that the README uses too.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::documents::{first_cells, read, section};
use crate::generated::help_tree;
use crate::sandbox::Sandbox;

#[test]
fn every_command_has_a_page_that_says_what_its_help_says() {
    let sandbox = Sandbox::new();
    let tree = help_tree();
    sandbox.run(&["man", "pages"]).prints("", &format!("Wrote {} pages into pages\n", tree.len()));
    let written: BTreeSet<String> = sandbox.files("pages").into_iter().collect();
    let mut expected = BTreeSet::new();
    for (command, help) in tree {
        let name = ["afed".to_owned()].into_iter().chain(command).collect::<Vec<_>>().join("-");
        let path = sandbox.path(&format!("pages/{name}.1"));
        let page = fs::read_to_string(&path).unwrap();
        assert!(page.is_ascii(), "{name}");
        assert!(page.starts_with(&format!(".TH {} 1 \"\" \"afed ", name.to_uppercase())), "{page}");
        let about = help.lines().next().unwrap().replace('-', "\\-").replace('\'', "\\*(Aq");
        assert!(page.contains(&about), "{name}: {about}");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o444, 0o444, "{name}");
        expected.insert(path.display().to_string());
    }
    assert_eq!(written, expected);
    assert_eq!(sandbox.run(&["man"]).succeeds().stdout, sandbox.read("pages/afed.1"));
    let checked = sandbox.program(Path::new("/usr/bin/groff")).args(&["-man", "-Tutf8", "-ww", "-z"]);
    let pages: Vec<&str> = expected.iter().map(String::as_str).collect();
    checked.args(&pages).prints("", "");
}

#[test]
fn the_manual_and_the_readme_name_the_same_variables_and_exit_codes() {
    let (readme, page) = (read("README.md"), Sandbox::new().run(&["man"]).succeeds().stdout.replace("\\-", "-"));
    let named = |heading: &str| -> BTreeSet<String> {
        let below = page.split_once(&format!(".SH {heading}\n")).unwrap().1.split("\n.SH ").next().unwrap();
        let names = below.lines().filter_map(|line| line.strip_prefix("\\fB")?.strip_suffix("\\fR"));
        names.flat_map(|names| names.split(", ")).map(str::to_owned).collect()
    };
    let variables: BTreeSet<String> =
        first_cells(section(&readme, "## Environment variables")).into_iter().map(str::to_owned).collect();
    assert_eq!(named("ENVIRONMENT"), variables);
    let codes = section(&readme, "## Exit codes").lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next());
    assert_eq!(named("\"EXIT STATUS\""), codes.skip(2).map(str::to_owned).collect());
}
