//! Completion in the shells themselves, each through its script. What a shell offers comes from the configuration; a Tab asks
//! no server, opens no secret store, runs nothing of the line, writes nothing and puts nothing on the screen.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::emulator::parts;
use crate::sandbox::Sandbox;

const CONFIG: &str = "\
version = 1\ndirectory = \"crowd\"\n[crowd]\nurl = \"https://crowd.invalid/crowd\"\napplication = \"afed\"\n\
admin_groups = [\"aws admins\"]\n[secrets]\nstore = \"secret-service\"\n\
[accounts.ops]\ntype = \"access-key\"\naccess_key_id = \"AKIAIOSFODNN7EXAMPLE\"\naws_account_id = \"123123123123\"\n\
[connectors.deploy]\naccount = \"ops\"\nprincipal = \"assume-role\"\ngroups = [\"Ops & Dev's\"]\n\
[connectors.deploy-eu]\naccount = \"ops\"\nprincipal = \"session-token\"\n\
[connectors.build]\naccount = \"ops\"\nprincipal = \"assume-role\"\n";

const PROFILES: &str = "\
[profile work@eu:1]\ncredential_process = /usr/bin/afed creds deploy --format process\n\
[profile other]\ncredential_process = other\n[profile $(touch ran)]\n\
credential_process = /usr/bin/afed creds deploy --format process\n";

/// A home with names to complete, and afed on the PATH.
fn surroundings() -> Sandbox {
    let folder = Path::new(env!("CARGO_BIN_EXE_afed")).parent().unwrap().to_str().unwrap();
    let sandbox = Sandbox::new().env("PATH", &format!("{folder}:/usr/bin:/bin")).env("LC_ALL", "C.UTF-8");
    sandbox.write_private("home/.config/afed/config.toml", CONFIG);
    sandbox.write_private("other.toml", "[connectors.elsewhere]\nprincipal = \"provided\"\n");
    sandbox.write_private("home/.aws/config", PROFILES);
    sandbox
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("completions").join(name)
}

/// What a program prints when it is run on this text as its script.
fn printed(sandbox: &Sandbox, program: &Path, flags: &[&str], text: &str) -> String {
    sandbox.write_private("script", text);
    let outcome = sandbox.program(program).args(flags).args(&["script"]).succeeds();
    assert_eq!(outcome.stderr, "", "{text}");
    assert!(!sandbox.path("ran").exists(), "something of a line was run: {text}");
    outcome.stdout
}

/// Lines to complete, and the words that are offered: in every shell the same.
const LINES: [(&str, &[&str]); 16] = [
    ("afed cre", &["creds"]),
    ("afed connector sh", &["show"]),
    ("afed creds dep", &["deploy", "deploy-eu"]),
    ("afed creds nothing", &[]),
    ("afed creds --format p", &["powershell", "process"]),
    ("afed creds --format=js", &["--format=json"]),
    ("afed account show o", &["ops"]),
    ("afed connector edit bui", &["build"]),
    ("afed connector create new --account o", &["ops"]),
    ("afed profile add x --connector bui", &["build"]),
    ("afed profile remove w", &["work@eu:1"]),
    ("afed profile add w", &["work@eu:1"]),
    ("afed policy examples s3-r", &["s3-read-bucket"]),
    ("afed --config other.toml creds e", &["elsewhere"]),
    ("afed creds --config=other.toml e", &["elsewhere"]),
    ("afed creds $(touch ran) d", &[]),
];

#[test]
fn bash_completes_what_the_configuration_names() {
    let sandbox = surroundings();
    // Bash cuts the line at its word breaks before it calls the function; this does the same.
    let mut text = format!(
        "source '{}'\ncomplete -p afed >/dev/null || exit 9\nask() {{ COMP_LINE=$1 COMP_POINT=${{#1}}; shift; COMP_WORDS=(\"$@\"); \
         COMP_CWORD=$(($# - 1)); local last=${{!#}}; [[ $last != [=:] ]] || last=''; _afed afed \"$last\"; \
         printf '%s|' \"${{COMPREPLY[@]}}\"; echo; }}\n",
        script("afed.bash").display()
    );
    for (line, _) in LINES {
        let words = line.replace('=', " = ").replace("$(touch ran)", "\u{1}");
        let words: Vec<_> =
            words.split(' ').map(|word| format!("'{}'", word.replace('\u{1}', "$(touch ran)"))).collect();
        text.push_str(&format!("ask '{line}' {}\n", words.join(" ")));
    }
    text.push_str("ask 'afed profile remove work@eu:' afed profile remove work@eu :\n");
    text.push_str("ask 'afed creds --format=' afed creds --format =\n");
    text.push_str("ask 'afed connector edit build --group Ops' afed connector edit build --group Ops\n");
    text.push_str("ask 'afed connector edit build --group \"Ops &' afed connector edit build --group '\"Ops &'\n");
    let found = printed(&sandbox, Path::new("bash"), &["--norc"], &text);
    let mut found = found.lines();
    for (line, words) in LINES {
        let words: Vec<_> = words.iter().map(|word| word.trim_start_matches("--format=")).collect();
        let expected = if words.is_empty() { "|".to_owned() } else { format!("{}|", words.join("|")) };
        assert_eq!(found.next().unwrap(), expected, "{line}");
    }
    assert_eq!(found.next(), Some("1|"));
    assert!(found.next().unwrap().starts_with("auto|bash|zsh|"));
    assert_eq!(found.next(), Some("Ops\\ \\&\\ Dev\\'s|"));
}

#[test]
fn fish_completes_what_the_configuration_names_and_tells_what_it_is() {
    let sandbox = surroundings();
    let mut text = format!("source '{}'\n", script("afed.fish").display());
    for (line, _) in LINES {
        text.push_str(&format!("complete --do-complete '{line}'; echo ==\n"));
    }
    text.push_str("complete --do-complete 'afed connector edit build --group Ops'\n");
    let found = printed(&sandbox, Path::new("fish"), &["--no-config"], &text);
    let mut answers = found.split("==\n");
    for (line, words) in LINES {
        let answer = answers.next().unwrap();
        let found: Vec<_> = answer.lines().map(|line| line.split('\t').next().unwrap()).collect();
        assert_eq!(found, words, "{line}\n{answer}");
    }
    assert!(found.contains("deploy\tassume-role by ops\n"), "{found}");
    assert!(found.contains("ops\taccess-key of 123123123123\n"), "{found}");
    assert!(found.ends_with("Ops & Dev's\n"), "{found}");
}

/// Lines as they are typed before a Tab, and what they are after it, where the shell writes the line itself.
const TYPED: [(&str, &str); 9] = [
    ("afed cre", "afed creds "),
    ("afed creds dep", "afed creds deploy"),
    ("afed creds --format=js", "afed creds --format=json "),
    ("afed profile remove work@eu:", "afed profile remove work@eu:1 "),
    ("afed connector edit build --group Ops", "afed connector edit build --group Ops\\ \\&\\ Dev\\'s "),
    ("afed --config other.toml creds e", "afed --config other.toml creds elsewhere "),
    ("afed --config oth", "afed --config other.toml "),
    ("afed policy check ot", "afed policy check other.toml "),
    ("afed creds $(touch ran) d", "afed creds $(touch ran) d"),
];

/// Types each line with a Tab behind it at a shell, whose Ctrl-X shows and empties the line.
fn typed_at(sandbox: &Sandbox, shell: &str, flags: &[&str]) {
    let mut conversation = sandbox.converse_with(Path::new(shell), flags);
    let mut prompt = "ready> ".to_owned();
    for (line, completed) in TYPED {
        conversation = conversation.answer(&prompt, &format!("{line}\t\u{18}"));
        prompt = format!("<<{completed}>>");
    }
    let ended = conversation.answer(&prompt, "exit\r").succeeds();
    assert!(!sandbox.path("ran").exists(), "something of a line was run");
    assert!(!ended.transcript.contains("error"), "{}", ended.transcript);
}

/// What lets bash show and empty its line on Ctrl-X.
fn bash_load() -> String {
    format!(
        "PS1='ready> '; source '{}'; show() {{ printf '<<%s>>\\n' \"$READLINE_LINE\"; READLINE_LINE=; }}; bind -x '\"\\C-x\": show'\n\
         bind 'set enable-bracketed-paste off'; bind 'set bell-style none'\n",
        script("afed.bash").display()
    )
}

#[test]
fn bash_writes_what_was_chosen_into_its_line() {
    let sandbox = surroundings();
    sandbox.write_private("load", bash_load());
    typed_at(&sandbox, "bash", &["--rcfile", "load", "-i"]);
}

#[test]
fn zsh_writes_what_was_chosen_into_its_line_and_tells_what_it_is() {
    let sandbox = surroundings().env("ZDOTDIR", "$SANDBOX/home");
    let load = format!(
        "PS1='ready> '; unsetopt BEEP ZLE_BRACKETED_PASTE 2>/dev/null; autoload -Uz compinit; compinit -D -u; source '{}'\n\
         show() {{ zle -I; print -r -- \"<<$BUFFER>>\"; BUFFER= }}; zle -N show; bindkey '^X' show\n",
        script("_afed").display()
    );
    sandbox.write_private("home/.zshrc", load);
    typed_at(&sandbox, "zsh", &["-i"]);
}

#[test]
fn nushell_completes_what_the_configuration_names_and_tells_what_it_is() {
    let bin = parts().join("bin");
    let sandbox = surroundings();
    let path = sandbox.variable("PATH").to_owned();
    let sandbox = sandbox.env("PATH", &format!("{path}:{}", bin.display()));
    let mut text = format!("source '{}'\n", script("afed.nu").display());
    for (line, _) in LINES {
        text.push_str(&format!("print ('{line}' | commandline complete | str join '|')\n"));
    }
    text.push_str("print ('afed connector edit build --group Ops' | commandline complete | str join '|')\n");
    text.push_str("print ('afed policy check oth' | commandline complete | str join '|')\n");
    text.push_str("print ('afed creds deploy-' | commandline complete --detailed | get 0.description)\n");
    text.push_str("print (afed completions --help | lines | first)\n");
    let nu = parts().join("bin/nu");
    let found = printed(&sandbox, &nu, &["--no-config-file"], &text);
    let mut found = found.lines();
    for (line, words) in LINES {
        assert_eq!(found.next().unwrap(), words.join("|"), "{line}");
    }
    let rest: Vec<_> = found.collect();
    let help = "Print the completion script of a shell";
    assert_eq!(rest, ["\"Ops & Dev's\"", "other.toml", "session-token by ops", help]);
}

#[test]
fn elvish_is_offered_what_the_configuration_names_and_what_it_is() {
    let sandbox = surroundings();
    let mut text = format!(
        "use str\neval (slurp < '{}')\nfn ask {{|@words| each {{|found| put $found[stem]'/'(to-string $found[display])}} \
         [($edit:completion:arg-completer[afed] $@words)] | echo '<'(str:join '|')'>' }}\n",
        script("afed.elv").display()
    );
    text.push_str("ask afed creds d\nask afed policy check oth\nask afed account show ''\necho done\nexit\n");
    sandbox.write_private("rc.elv", text);
    let ended = sandbox.converse_with(Path::new("elvish"), &["-rc", "rc.elv"]).succeeds();
    let found = ended.transcript.replace("\u{1b}[m", "").replace("\r\n", "\n");
    let connectors = "<build/build  (assume-role by ops)|deploy/deploy  (assume-role by ops)|deploy-eu/deploy-eu  (session-token by ops)>\n";
    assert!(found.starts_with(connectors), "{found:?}");
    assert!(found.contains("|other.toml/other.toml|"), "{found:?}");
    assert!(found.ends_with("<ops/ops  (access-key of 123123123123)>\ndone\n"), "{found:?}");
}

#[test]
fn a_tab_is_silent_whatever_is_wrong() {
    let sandbox = surroundings();
    let complete = |words: &[&str]| sandbox.run(&["complete", "fish", "--", "afed"]).args(words);
    complete(&["creds", "b"]).env("HOME", "/nowhere").prints("words\n", "");
    complete(&["creds", "b"]).env("AFED_CONFIG", "other.toml").prints("words\nelsewhere\tprovided\n", "");
    sandbox.edit_config(|text| format!("{text}= = =\nunknown = \n[half"));
    complete(&["account", "show", ""]).prints("words\nops\taccess-key of 123123123123\n", "");
    complete(&["login", "--user", ""]).prints("words\n", "");
    complete(&["bogus", "--x", ""]).prints("words\n", "");
    sandbox.run(&["complete", "fish"]).succeeds();
    sandbox
        .run(&["complete", "powershell", "--cursor", "2", "--", "afed", "creds"])
        .env("AFED_CONFIG", "other.toml")
        .prints("words\nelsewhere\telsewhere\tprovided\n", "");
    std::fs::remove_file(sandbox.path("other.toml")).unwrap();
    nix::unistd::mkfifo(&sandbox.path("other.toml"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    complete(&["creds", "b"]).env("AFED_CONFIG", "other.toml").prints("words\n", "");
    let written = sandbox.files("home");
    assert_eq!(written.len(), 2, "something was written: {written:?}");
    assert!(sandbox.crowd.received().is_empty(), "somebody was asked");
}

#[test]
fn behind_the_mark_a_shell_completes_the_command_as_its_own() {
    // Whatever the line is, this one says that a program's command line begins at its fifth word.
    let sandbox = Sandbox::new().env("PATH", "$SANDBOX/bin:/usr/bin:/bin").env("LC_ALL", "C.UTF-8");
    sandbox.write_private("bin/afed", "#!/bin/sh\necho 'program 4'\n");
    std::fs::set_permissions(sandbox.path("bin/afed"), PermissionsExt::from_mode(0o700)).unwrap();
    let fish = format!(
        "source '{}'\ncomplete --do-complete 'afed exec deploy -- valgrin' | string match --regex '^valgrind\\t'\n\
         complete --do-complete 'afed exec deploy -- cat bin/a'\n",
        script("afed.fish").display()
    );
    assert_eq!(printed(&sandbox, Path::new("fish"), &["--no-config"], &fish), "valgrind\t\nbin/afed\n");
    sandbox.write_private("load", bash_load());
    let conversation = sandbox.converse_with(Path::new("bash"), &["--rcfile", "load", "-i"]);
    let conversation = conversation.answer("ready> ", "afed exec deploy -- valgrin\t\u{18}");
    let conversation = conversation.answer("<<afed exec deploy -- valgrind>>", "afed exec deploy -- cat bin/a\t\u{18}");
    conversation.answer("<<afed exec deploy -- cat bin/afed >>", "exit\r").succeeds();
}
