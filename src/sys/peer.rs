//! Who is at the other end of a connection from this machine, as the kernel says it.
//! Where the kernel can't be asked, nobody is told apart.

use std::io;
use std::net::SocketAddr;

/// Whether the other end belongs to the user of this process. Not even root's will do: its services fetch for others.
#[cfg(target_os = "linux")]
pub fn is_of_this_user(from: SocketAddr, here: SocketAddr) -> io::Result<bool> {
    let table = std::fs::read_to_string("/proc/net/tcp")?;
    let owner = owner_in(&table, from, here);
    Ok(owner.is_some() && owner == super::user::effective_uid().ok())
}

#[cfg(not(target_os = "linux"))]
pub fn is_of_this_user(_from: SocketAddr, _here: SocketAddr) -> io::Result<bool> {
    Ok(true)
}

/// The user of the socket that is bound to `from` and connected to `here`, in the kernel's table of TCP sockets. One that
/// is being closed has no user any more, and the table says 0 of it.
#[cfg(target_os = "linux")]
fn owner_in(table: &str, from: SocketAddr, here: SocketAddr) -> Option<u32> {
    const STATE: usize = 3;
    const ESTABLISHED: &str = "01";
    const OWNER: usize = 7;
    let (from, here) = (as_in_table(from)?, as_in_table(here)?);
    table.lines().find_map(|line| {
        let columns: Vec<&str> = line.split_ascii_whitespace().collect();
        let is_it = columns.get(1) == Some(&from.as_str()) && columns.get(2) == Some(&here.as_str());
        let is_it = is_it && columns.get(STATE) == Some(&ESTABLISHED);
        if is_it { columns.get(OWNER)?.parse().ok() } else { None }
    })
}

/// The kernel shows the address as a number in this machine's order of bytes.
#[cfg(target_os = "linux")]
fn as_in_table(address: SocketAddr) -> Option<String> {
    match address {
        SocketAddr::V4(address) => {
            let number = u32::from_ne_bytes(address.ip().octets());
            Some(format!("{number:08X}:{:04X}", address.port()))
        }
        SocketAddr::V6(_) => None,
    }
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, TcpListener, TcpStream};

    #[test]
    fn the_kernel_knows_whose_connection_it_is() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let here = listener.local_addr().unwrap();
        let stream = TcpStream::connect(here).unwrap();
        let (accepted, from) = listener.accept().unwrap();
        assert!(is_of_this_user(from, here).unwrap());
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
        let uid = super::super::user::effective_uid().unwrap();
        assert_eq!(owner_in(&table, from, here), Some(uid));
        assert_eq!(owner_in(&table, here, SocketAddr::from((Ipv4Addr::LOCALHOST, 1))), None);
        drop((stream, accepted));
    }

    #[test]
    fn another_user_s_connection_is_another_user_s() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   0: 0100007F:1F90 0100007F:0050 01 00000000:00000000 00:00000000 00000000  1234        0 1 1\n";
        let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let owner = owner_in(table, at(8_080), at(80));
        assert_eq!(owner, if cfg!(target_endian = "little") { Some(1_234) } else { None });
        assert_eq!(owner_in(table, at(80), at(8_080)), None);
        assert_eq!(owner_in(&table.replace(" 01 ", " 06 "), at(8_080), at(80)), None, "the socket is being closed");
    }
}
