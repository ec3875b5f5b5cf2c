use std::ffi::OsString;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use aws_smithy_types::body::SdkBody;
use base64::Engine;
use rustls::pki_types::PrivatePkcs8KeyDer;

use super::*;

const PATIENCE: Duration = Duration::from_secs(30);
const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

fn bound() -> (TcpListener, String) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    (listener, url)
}

/// What is done with a connection; it stays open as long as it is kept.
type Turn = fn(TcpStream) -> Option<TcpStream>;

/// A server that does this with each of its connections, one after the other, and is gone then. It tells of each twice:
/// when it comes and when its turn is over.
fn server(turns: Vec<Turn>) -> (String, Receiver<()>) {
    let (listener, url) = bound();
    let (came, connections) = channel();
    thread::spawn(move || {
        let mut kept = Vec::new();
        for turn in turns {
            let (stream, _) = listener.accept().unwrap();
            came.send(()).ok();
            kept.push(turn(stream));
            came.send(()).ok();
        }
    });
    (url, connections)
}

fn answer(mut stream: TcpStream) -> Option<TcpStream> {
    head(&mut stream);
    stream.write_all(OK).unwrap();
    Some(stream)
}

/// What is said up to an empty line.
fn head(stream: &mut impl Read) -> String {
    let (mut heard, mut byte) = (Vec::new(), [0]);
    while !heard.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        heard.push(byte[0]);
    }
    String::from_utf8(heard).unwrap()
}

fn hang_up(_: TcpStream) -> Option<TcpStream> {
    None
}

fn speak_unasked(mut stream: TcpStream) -> Option<TcpStream> {
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged").unwrap();
    Some(stream)
}

fn network(url: &str, connect_timeout: Duration, hub: &Rc<Hub>) -> Network {
    let options = NetworkOptions { connect_timeout, call_timeout: PATIENCE, ca_bundle: None };
    Network::new(Base::of(url), options, hub)
}

fn ask(network: &Network, url: &str) -> Result<String, NetworkError> {
    let request = http::Request::get(url).body(SdkBody::empty()).unwrap();
    let answer = network.send(HttpRequest::try_from(request).unwrap(), 100)?;
    Ok(String::from_utf8(answer.body).unwrap())
}

/// Lets what was begun come about.
fn wait_for(connections: &Receiver<()>, network: &Network) {
    let came = network.run(async {
        loop {
            match connections.try_recv() {
                Ok(()) => break,
                Err(_) => tokio::time::sleep(Duration::from_millis(1)).await,
            }
        }
    });
    came.unwrap();
}

#[test]
fn what_was_opened_ahead_carries_the_first_request() {
    let (url, connections) = server(vec![answer]);
    let network = network(&url, PATIENCE, &Rc::default());
    network.open_ahead(&url.parse().unwrap());
    wait_for(&connections, &network);
    assert_eq!(ask(&network, &url).unwrap(), "ok");
}

#[test]
fn a_connection_comes_about_while_another_far_side_is_waited_for() {
    let (near, near_url) = bound();
    let (far_url, far_connections) = server(vec![answer]);
    let (say, said): (Sender<()>, Receiver<()>) = channel();
    thread::spawn(move || {
        let (stream, _) = near.accept().unwrap();
        // Not a word before there is the other connection.
        said.recv_timeout(PATIENCE).unwrap();
        answer(stream)
    });
    thread::spawn(move || {
        far_connections.recv_timeout(PATIENCE).unwrap();
        say.send(()).unwrap();
    });
    let hub = Rc::default();
    let (near, far) = (network(&near_url, PATIENCE, &hub), network(&far_url, PATIENCE, &hub));
    far.open_ahead(&far_url.parse().unwrap());
    assert_eq!(ask(&near, &near_url).unwrap(), "ok");
    assert_eq!(ask(&far, &far_url).unwrap(), "ok");
}

#[test]
fn what_is_of_no_use_any_more_is_replaced() {
    for of_no_use in [hang_up as Turn, speak_unasked] {
        let (url, connections) = server(vec![of_no_use, answer]);
        let network = network(&url, PATIENCE, &Rc::default());
        network.open_ahead(&url.parse().unwrap());
        wait_for(&connections, &network);
        wait_for(&connections, &network);
        assert_eq!(ask(&network, &url).unwrap(), "ok");
    }
}

#[test]
fn what_leads_elsewhere_is_not_used() {
    let (elsewhere, _connections) = server(vec![hang_up]);
    let (url, _kept) = server(vec![answer]);
    let network = network(&url, PATIENCE, &Rc::default());
    network.open_ahead(&elsewhere.parse().unwrap());
    assert_eq!(ask(&network, &url).unwrap(), "ok");
}

#[test]
fn a_failure_ahead_is_told_by_the_request() {
    let (listener, url) = bound();
    drop(listener);
    let network = network(&url, PATIENCE, &Rc::default());
    network.open_ahead(&url.parse().unwrap());
    match ask(&network, &url) {
        Err(NetworkError::Unreachable(cause)) => assert!(cause.to_string().contains("refused"), "{cause}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn whoever_never_speaks_tls_holds_up_nobody_else() {
    let (_silent, url) = bound();
    let silent_url = url.replace("http:", "https:");
    let (near_url, _connections) = server(vec![answer]);
    let (hub, limit) = (Rc::default(), Duration::from_millis(100));
    let (near, far) = (network(&near_url, PATIENCE, &hub), network(&silent_url, limit, &hub));
    far.open_ahead(&silent_url.parse().unwrap());
    assert_eq!(ask(&near, &near_url).unwrap(), "ok");
    match ask(&far, &silent_url) {
        Err(NetworkError::TimedOut(after)) => assert_eq!(after, limit),
        other => panic!("{other:?}"),
    }
}

/// A certificate that vouches for itself, in a file, and a server's settings with it.
fn certificate(folder: &std::path::Path) -> (PathBuf, Arc<rustls::ServerConfig>) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let path = folder.join("bundle.pem");
    let encoded = base64::engine::general_purpose::STANDARD.encode(made.cert.der());
    let mut bundle = std::fs::File::create(&path).unwrap();
    write!(bundle, "-----BEGIN CERTIFICATE-----\n{encoded}\n-----END CERTIFICATE-----\n").unwrap();
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let settings = versions.unwrap().with_no_client_auth();
    (path, Arc::new(settings.with_single_cert(vec![made.cert.der().clone()], key.into()).unwrap()))
}

#[test]
fn tls_is_spoken_ahead_and_nothing_else_until_the_request() {
    let folder = tempfile::tempdir().unwrap();
    let (ca_bundle, settings) = certificate(folder.path());
    let (listener, url) = bound();
    let url = url.replace("http:", "https:");
    let (say, shaken) = channel();
    let heard = thread::spawn(move || {
        let mut session = rustls::ServerConnection::new(settings).unwrap();
        let (mut stream, _) = listener.accept().unwrap();
        while session.is_handshaking() {
            session.complete_io(&mut stream).unwrap();
        }
        // With tickets for later sessions on their way, which are no answer to anything.
        while session.wants_write() {
            session.write_tls(&mut stream).unwrap();
        }
        let early = session.process_new_packets().unwrap().plaintext_bytes_to_read();
        say.send(()).unwrap();
        let mut stream = rustls::StreamOwned::new(session, stream);
        let heard = head(&mut stream);
        stream.write_all(OK).unwrap();
        (early, heard)
    });
    let options = NetworkOptions { connect_timeout: PATIENCE, call_timeout: PATIENCE, ca_bundle: Some(ca_bundle) };
    let network = Network::new(Base::of(&url), options, &Rc::default());
    network.open_ahead(&url.parse().unwrap());
    wait_for(&shaken, &network);
    assert_eq!(ask(&network, &url).unwrap(), "ok");
    let (early, heard) = heard.join().unwrap();
    assert_eq!(early, 0);
    assert!(heard.starts_with("GET / HTTP/1.1\r\n"), "{heard}");
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_told_by_the_request() {
    let folder = tempfile::tempdir().unwrap();
    let (_, settings) = certificate(folder.path());
    let (listener, url) = bound();
    let url = url.replace("http:", "https:");
    thread::spawn(move || {
        let mut session = rustls::ServerConnection::new(settings).unwrap();
        let (mut stream, _) = listener.accept().unwrap();
        while session.is_handshaking() && session.complete_io(&mut stream).is_ok() {}
    });
    let network = network(&url, PATIENCE, &Rc::default());
    network.open_ahead(&url.parse().unwrap());
    match ask(&network, &url) {
        Err(NetworkError::Untrusted(cause)) => assert!(cause.to_string().contains("UnknownIssuer"), "{cause}"),
        other => panic!("{other:?}"),
    }
}

/// A way through the proxy at this address, whatever the environment says.
fn through(proxy: &str, base: Base, ca_bundle: Option<PathBuf>) -> Network {
    let hub = Rc::default();
    let network =
        Network::new(base, NetworkOptions { connect_timeout: PATIENCE, call_timeout: PATIENCE, ca_bundle }, &hub);
    let tls = base.is_https().then(|| hub.tls(network.options.ca_bundle.as_deref()).unwrap());
    let address = OsString::from(proxy.replace("http://", "http://afed:sesame@"));
    let proxies = Proxies::read(|name| (name == "ALL_PROXY").then_some(address.as_os_str()));
    assert!(network.client.set(Client::new(Route::new(tls, Arc::new(proxies), PATIENCE))).is_ok());
    network
}

#[test]
fn a_proxy_s_tunnel_is_asked_for_ahead_and_carries_tls() {
    let folder = tempfile::tempdir().unwrap();
    let (ca_bundle, settings) = certificate(folder.path());
    let (listener, proxy) = bound();
    let (say, asked) = channel();
    let heard = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let to_proxy = head(&mut stream);
        stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").unwrap();
        say.send(()).unwrap();
        let mut stream = rustls::StreamOwned::new(rustls::ServerConnection::new(settings).unwrap(), stream);
        let to_far_side = head(&mut stream);
        stream.write_all(OK).unwrap();
        (to_proxy, to_far_side)
    });
    let network = through(&proxy, Base::Https, Some(ca_bundle));
    let url = "https://127.0.0.1:9443/what";
    network.open_ahead(&url.parse().unwrap());
    wait_for(&asked, &network);
    assert_eq!(ask(&network, url).unwrap(), "ok");
    let (to_proxy, to_far_side) = heard.join().unwrap();
    assert!(to_proxy.starts_with("CONNECT 127.0.0.1:9443 HTTP/1.1\r\n"), "{to_proxy}");
    assert!(to_proxy.to_lowercase().contains("proxy-authorization: basic "), "{to_proxy}");
    assert!(to_far_side.starts_with("GET /what HTTP/1.1\r\n"), "{to_far_side}");
    assert!(!to_far_side.to_lowercase().contains("proxy-authorization"), "{to_far_side}");
}

#[test]
fn a_proxy_that_reads_a_request_hears_whom_it_is_for() {
    let (listener, proxy) = bound();
    let heard = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let heard = head(&mut stream);
        stream.write_all(OK).unwrap();
        heard
    });
    assert_eq!(ask(&through(&proxy, Base::Http, None), "http://crowd.invalid/crowd").unwrap(), "ok");
    let heard = heard.join().unwrap();
    assert!(heard.starts_with("GET http://crowd.invalid/crowd HTTP/1.1\r\n"), "{heard}");
    assert!(heard.to_lowercase().contains("\r\nproxy-authorization: basic "), "{heard}");
}

#[test]
fn certificates_are_loaded_once() {
    let hub = Hub::default();
    let (first, second) = (hub.tls(None).unwrap(), hub.tls(None).unwrap());
    assert!(Arc::ptr_eq(&first, &second));
    assert!(hub.tls(Some("no/such/bundle.pem".as_ref())).is_err());
}
