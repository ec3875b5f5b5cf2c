//! The way to Crowd: proxies of the environment for other machines and never for this one, and deadlines that the
//! configuration sets.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex};

use crate::sandbox::{Run, Sandbox};

/// A host that no resolver knows, so that only a proxy can be asked for it.
const ELSEWHERE: &str = "crowd.invalid";

fn init<'a>(sandbox: &'a Sandbox, url: &str) -> Run<'a> {
    let password = sandbox.crowd.population().application.password;
    sandbox
        .run(&["init", "--directory", "crowd", "--crowd-url", url, "--application", "afed", "--no-admin-groups"])
        .args(&["--application-password-stdin", "--secret-store", "file", "--passphrase-file", "passphrase"])
        .args(&["--allow-http"])
        .input(&password)
}

#[test]
fn another_machine_is_reached_through_the_proxies_of_the_environment() {
    let sandbox = Sandbox::new();
    let proxy = Proxy::start();
    for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        init(&sandbox, &format!("http://{ELSEWHERE}/crowd")).env(variable, &proxy.url).fails(
            5,
            "The secret store works: file\nerror: http://crowd.invalid/crowd has a fault of its own (status 502)\n\nhint: try again in a minute, and see whether it stays so: curl -I http://crowd.invalid/crowd\n",
        );
        let asked = proxy.take();
        assert!(
            asked.starts_with("GET http://crowd.invalid/crowd/rest/usermanagement/1/config/cookie HTTP/1.1\r\n"),
            "{asked}"
        );
    }
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let with_password = proxy.url.replace("http://", "http://afed:password-of-the-proxy-canary@");
        sandbox.keep_secret("password-of-the-proxy-canary");
        let host = proxy.url.strip_prefix("http://").unwrap();
        let no_way = format!("no way through the proxy {host}, which {variable} names");
        init(&sandbox, &format!("https://{ELSEWHERE}/crowd")).env(variable, &with_password).fails(
            5,
            &format!("The secret store works: file\nerror: https://crowd.invalid/crowd can't be reached\ncaused by: {no_way}: tunnel error: unsuccessful\n\nhint: see whether it answers: curl -I https://crowd.invalid/crowd\n"),
        );
        let asked = proxy.take();
        assert!(asked.starts_with("CONNECT crowd.invalid:443 HTTP/1.1\r\n"), "{asked}");
        assert!(!asked.contains("\r\nauthorization:"), "the application's password is not for the proxy: {asked}");
    }
}

#[test]
fn a_variable_that_names_no_proxy_is_refused_and_nobody_is_asked_past_it() {
    let said = |cause: &str| {
        format!(
            "afed: {ELSEWHERE} can't be reached: io error: client error (Connect): {cause} (hint: see whether it answers: \
             curl -sSI https://{ELSEWHERE})\n"
        )
    };
    for (value, cause) in [
        ("garbage:::///", "HTTPS_PROXY names no proxy, as http://HOST:PORT would"),
        (
            "http://afed:password-of-the-proxy-canary@127.0.0.1:1",
            "no way through the proxy 127.0.0.1:1, which HTTPS_PROXY names: tunnel error: failed to create underlying \
             connection: tcp connect error: Connection refused (os error 111)",
        ),
    ] {
        // A failure is remembered for a while.
        let sandbox = Sandbox::with_session_of("alice");
        sandbox.keep_secret("password-of-the-proxy-canary");
        let run = sandbox.run(&["creds", "deploy", "--format", "process"]).env("HTTPS_PROXY", value);
        run.env("AWS_ENDPOINT_URL_STS", &format!("https://{ELSEWHERE}")).fails(5, &said(cause));
    }
}

#[test]
fn this_machine_is_never_reached_through_a_proxy() {
    let mut sandbox = Sandbox::new();
    let proxy = Proxy::start();
    for variable in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        sandbox = sandbox.env(variable, &proxy.url);
    }
    sandbox.configure();
    sandbox.log_in("alice");
    sandbox.run(&["creds", "deploy"]).vends().succeeds();
    assert_eq!(proxy.take(), "");
}

#[test]
fn deadlines_are_set_in_the_configuration() {
    let sandbox = Sandbox::configured();
    let original = sandbox.config();
    let with = |lines: &str| sandbox.edit_config(|_| original.replace("[crowd]\n", &format!("[crowd]\n{lines}\n")));
    for (line, key, value) in [
        ("timeout = \"0s\"", "timeout", "0s"),
        ("timeout = \"soon\"", "timeout", "soon"),
        ("connect_timeout = \"-1\"", "connect_timeout", "-1"),
    ] {
        with(line);
        sandbox.run(&["whoami"]).fails(
            1,
            &format!("error: $SANDBOX/home/.config/afed/config.toml: {key} in [crowd] can't be used\ncaused by: “{value}” is not a duration; write seconds (3600) or units (1h30m, 45m, 12h)\n"),
        );
    }
    // Whoever takes a connection and never speaks TLS lets it not come about.
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("https://{}/crowd", silent.local_addr().unwrap());
    with("connect_timeout = \"1s\"\ntimeout = \"10m\"");
    sandbox.edit_config(|text| text.replace(sandbox.crowd.url(), &url));
    let words = format!("error: {url} did not answer within 1 s\n\nhint: see whether it answers: curl -I {url}\n");
    sandbox.run(&["init", "--password-only", "--application-password-stdin"]).input("x").fails(5, &words);
}

/// A proxy that reaches nobody, and remembers what it was asked.
struct Proxy {
    url: String,
    asked: Arc<Mutex<String>>,
}

impl Proxy {
    fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(String::new()));
        let remembered = Arc::clone(&asked);
        // It ends with this process.
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let lines = BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
                let head: String = lines.map(|line| line + "\r\n").collect();
                remembered.lock().unwrap().push_str(&head);
                let answer = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        Self { url, asked }
    }

    /// What it was asked since the last time.
    fn take(&self) -> String {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}
