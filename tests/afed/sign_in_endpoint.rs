//! AWS's sign-in federation endpoint on the loopback interface, with the rules that AWS holds its callers to: POST and the
//! form encoding, a session of three parts whose credentials the AWS emulator knows, a duration only for roles, and no
//! session of a plain user. The links are read by the parser of the `url` crate.

use std::collections::BTreeMap;
use std::io::{BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use aws_sdk_sts::config::{BehaviorVersion, Config, Credentials, Region};
use aws_smithy_async::rt::sleep::TokioSleep;

use crate::crowd_directory::Received;
use crate::sandbox::aws_url;

/// Every character that an encoding could get wrong. What is searched for has none of them.
pub const TOKEN: &str = "sign-in-token-canary_1+2/3=4&5?6%207#8 9";
pub const TOKEN_CANARY: &str = "sign-in-token-canary";

/// A running endpoint, for as long as the test process lives.
pub struct SignInEndpoint {
    pub url: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    visits: Vec<Visit>,
    logins: Vec<BTreeMap<String, String>>,
    /// The credentials count as those of a role that another role has assumed.
    chained: bool,
}

/// Credentials that were let in.
#[derive(Debug, Clone)]
pub struct Visit {
    pub arn: String,
    pub duration: Option<u32>,
    pub secrets: [String; 2],
}

impl SignInEndpoint {
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::<Shared>::default();
        let sharing = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                // A caller that hangs up early is the caller's right.
                drop(serve(&stream.unwrap(), &sharing));
            }
        });
        Self { url, shared }
    }

    /// From now on.
    pub fn take_roles_for_chained(&self) {
        self.shared.state.lock().unwrap().chained = true;
    }

    /// Who was let in since the last time.
    pub fn take_visits(&self) -> Vec<Visit> {
        std::mem::take(&mut self.shared.state.lock().unwrap().visits)
    }

    /// What the next link that is followed says, once it has been.
    pub fn wait_for_login(&self) -> BTreeMap<String, String> {
        let state = self.shared.state.lock().unwrap();
        let patience = Duration::from_secs(30);
        let (mut state, _) =
            self.shared.changed.wait_timeout_while(state, patience, |state| state.logins.is_empty()).unwrap();
        state.logins.pop().expect("nobody has followed a link")
    }
}

fn serve(mut stream: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    let Some(received) = Received::read(&mut BufReader::new(stream))? else { return Ok(()) };
    let (status, kind, body) = match answer(&received, shared) {
        Ok(body) => ("200 OK", "application/json", body),
        Err(complaint) => ("400 Bad Request", "text/html", complaint),
    };
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n");
    stream.write_all(format!("{head}\r\n{body}").as_bytes())
}

fn answer(received: &Received, shared: &Shared) -> Result<String, String> {
    if received.path() != "/federation" {
        return Err("no such page".to_owned());
    }
    if received.method == "GET" {
        let link =
            url::Url::parse(&format!("http://localhost{}", received.target)).map_err(|error| error.to_string())?;
        let login = pairs(link.query_pairs())?;
        let is_whole = login.keys().eq(["Action", "Destination", "Issuer", "SigninToken"]);
        if !is_whole || login["Action"] != "login" || login["SigninToken"] != TOKEN {
            return Err("no login".to_owned());
        }
        shared.state.lock().unwrap().logins.push(login);
        shared.changed.notify_all();
        return Ok("welcome".to_owned());
    }
    let form = received.header("content-type") == Some("application/x-www-form-urlencoded");
    if received.method != "POST" || received.target != "/federation" || !form {
        return Err("no form".to_owned());
    }
    let asked = pairs(url::form_urlencoded::parse(&received.body))?;
    let visit = admitted(&asked, shared.state.lock().unwrap().chained)?;
    shared.state.lock().unwrap().visits.push(visit);
    Ok(serde_json::json!({ "SigninToken": TOKEN }).to_string())
}

/// The parameters, each there once.
fn pairs(parsed: url::form_urlencoded::Parse<'_>) -> Result<BTreeMap<String, String>, String> {
    let mut found = BTreeMap::new();
    for (name, value) in parsed.into_owned() {
        if found.insert(name, value).is_some() {
            return Err("a parameter is there twice".to_owned());
        }
    }
    Ok(found)
}

fn admitted(asked: &BTreeMap<String, String>, chained: bool) -> Result<Visit, String> {
    let known = ["Action", "Session", "SessionDuration"];
    if asked.keys().any(|name| !known.contains(&name.as_str()))
        || asked.get("Action").is_none_or(|action| action != "getSigninToken")
    {
        return Err("unknown parameters".to_owned());
    }
    let session: BTreeMap<String, String> =
        serde_json::from_str(&asked["Session"]).map_err(|error| error.to_string())?;
    if !session.keys().eq(["sessionId", "sessionKey", "sessionToken"]) {
        return Err("no session".to_owned());
    }
    let (id, key, token) = (&session["sessionId"], &session["sessionKey"], &session["sessionToken"]);
    let arn = caller(Credentials::new(id, key, Some(token.clone()), None, "test"))?;
    let duration =
        asked.get("SessionDuration").map(|text| text.parse().map_err(|_| "no duration".to_owned())).transpose()?;
    let (is_role, is_federated) = (arn.contains(":assumed-role/"), arn.contains(":federated-user/"));
    if !is_role && !is_federated {
        return Err("Only federation tokens or assume role tokens may be used for federated login".to_owned());
    }
    match duration {
        Some(seconds) if !is_role || chained || !(900..=43_200).contains(&seconds) => {
            Err(format!("Invalid credentials parameter {key}"))
        }
        _ => Ok(Visit { arn, duration, secrets: [key.clone(), token.clone()] }),
    }
}

/// Whose credentials they are, if the emulator takes their signature.
fn caller(credentials: Credentials) -> Result<String, String> {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(credentials)
        .endpoint_url(aws_url())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .sleep_impl(TokioSleep::new())
        .build();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let call = aws_sdk_sts::Client::from_conf(config).get_caller_identity().send();
    let identity = runtime.block_on(call).map_err(|_| "unknown credentials".to_owned())?;
    Ok(identity.arn().unwrap_or_default().to_owned())
}
