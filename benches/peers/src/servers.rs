//! Input: a folder for their files. Output: nginx as three environments (http and https) and a server that takes 50 ms
//! to answer, all on free ports of loopback, until they are dropped. It refuses to work without nginx.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustix::process::{Pid, Signal, kill_process};

use crate::peers;
use crate::work::ENVIRONMENTS;

/// What is asked, and where.
pub(crate) struct Servers {
    /// The base URLs of the environments.
    pub(crate) http: Vec<String>,
    /// The same with TLS.
    pub(crate) https: Vec<String>,
    /// The certificate that vouches for those.
    pub(crate) ca: PathBuf,
    /// The base URL of the server that waits.
    pub(crate) delay: String,
    /// Seconds it really takes for one answer: the mean of twenty, one after the other.
    pub(crate) service: f64,
    children: Vec<Child>,
}

impl Servers {
    /// Starts them all, and returns once they answer. `delay` is the program beside this one.
    pub(crate) fn start(folder: &Path, delay: &Path) -> Result<Self> {
        let Some(nginx) = peers::find("nginx") else {
            bail!("there is no nginx here: `apt install nginx-light` (or `nginx`) has it");
        };
        let ca = write_certificates(folder)?;
        let ports = free_ports(2 * ENVIRONMENTS.len())?;
        let (http, https) = ports.split_at(ENVIRONMENTS.len());
        let config = folder.join("nginx.conf");
        fs::write(&config, nginx_config(folder, http, https))?;
        let mut servers = Self {
            http: bases("http", http),
            https: bases("https", https),
            ca,
            delay: String::new(),
            service: 0.0,
            children: Vec::new(),
        };
        let log = folder.join("nginx.log");
        servers.children.push(
            Command::new(nginx)
                .arg("-e")
                .arg(&log)
                .arg("-c")
                .arg(&config)
                .stdin(Stdio::null())
                .spawn()
                .context("nginx does not start")?,
        );
        for port in ports {
            wait_for(port).with_context(|| fs::read_to_string(&log).unwrap_or_default())?;
        }

        let mut child = Command::new(delay)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        servers.children.push(child);
        let port = line.trim().parse()?;
        servers.delay = format!("http://127.0.0.1:{port}");
        servers.service = service_time(port)?;
        Ok(servers)
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        for child in &mut self.children {
            // SIGTERM, because nginx takes its worker along only then.
            let _ = kill_process(Pid::from_child(child), Signal::TERM);
            let _ = child.wait();
        }
    }
}

fn nginx_config(folder: &Path, http: &[u16], https: &[u16]) -> String {
    let folder = folder.display();
    let mut servers = Vec::new();
    for (index, _) in ENVIRONMENTS.iter().enumerate() {
        // One per cent of the paths begin like the first, see `work::path`.
        let answers = format!(
            "location ^~ /missing-{index}/ {{ return 404 \"no\\n\"; }}
             location ^~ /moved/ {{ return 301 /products$uri; }}
             location / {{ return 200 \"ok\\n\"; }}"
        );
        let (plain, tls) = (http[index], https[index]);
        servers.push(format!(
            "server {{ listen 127.0.0.1:{plain}; {answers} }}
             server {{ listen 127.0.0.1:{tls} ssl; {answers}
             ssl_certificate {folder}/chain.pem; ssl_certificate_key {folder}/key.pem; }}"
        ));
    }
    let servers = servers.join("\n");
    format!(
        "daemon off; worker_processes 1; pid {folder}/nginx.pid;
         events {{ worker_connections 4096; }}
         http {{
         access_log off; default_type text/plain;
         keepalive_requests 1000000000; keepalive_timeout 600s;
         client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
         uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
         {servers}
         }}\n"
    )
}

/// Makes an authority, and a certificate of it for 127.0.0.1; both with keys for ECDSA P-256.
fn write_certificates(folder: &Path) -> Result<PathBuf> {
    let mut authority = CertificateParams::new(Vec::new())?;
    let name = "an authority for a benchmark";
    authority.distinguished_name.push(DnType::CommonName, name);
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let leaf = CertificateParams::new(vec!["127.0.0.1".to_owned()])?.signed_by(&key, &authority)?;
    fs::write(folder.join("chain.pem"), leaf.pem())?;
    fs::write(folder.join("key.pem"), key.serialize_pem())?;
    let ca = folder.join("ca.pem");
    fs::write(&ca, authority.pem())?;
    Ok(ca)
}

/// Ports that were free just now: nginx cannot be told to look for some itself.
fn free_ports(count: usize) -> Result<Vec<u16>> {
    // All are held until the last is found, or they would be the same one.
    let mut held = Vec::new();
    let mut ports = Vec::new();
    for _ in 0..count {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        ports.push(listener.local_addr()?.port());
        held.push(listener);
    }
    Ok(ports)
}

fn bases(scheme: &str, ports: &[u16]) -> Vec<String> {
    let base = |port| format!("{scheme}://127.0.0.1:{port}");
    ports.iter().map(base).collect()
}

fn wait_for(port: u16) -> Result<()> {
    let start = Instant::now();
    while TcpStream::connect(loopback(port)).is_err() {
        if start.elapsed() > Duration::from_secs(10) {
            bail!("nothing listens on port {port} after ten seconds");
        }
        thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

fn service_time(port: u16) -> Result<f64> {
    const TIMES: u32 = 20;
    let mut stream = TcpStream::connect(loopback(port))?;
    stream.set_nodelay(true)?;
    let mut buffer = [0; 1024];
    let start = Instant::now();
    for _ in 0..TIMES {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")?;
        if stream.read(&mut buffer)? == 0 {
            bail!("the server that waits has closed the connection");
        }
    }
    Ok(start.elapsed().as_secs_f64() / f64::from(TIMES))
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}
