//! Certificates made for a test: authorities, and what they sign.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};

/// Whose certificates are trusted, if its own is in the list of roots.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate, those between it and its root, and its key.
pub(crate) struct Identity {
    /// The certificates as PEM, the leaf first.
    pub(crate) chain: String,
    /// The key as PEM.
    pub(crate) key: String,
}

impl Authority {
    /// A root; its name must be its own, or others pass for it until their signatures are looked at.
    pub(crate) fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(authority(name), key).unwrap())
    }

    /// An authority that this one vouches for.
    pub(crate) fn intermediate(&self, name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::signed_by(authority(name), key, &self.0).unwrap())
    }

    /// Its own certificate as PEM.
    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for these names or addresses, valid for long, unless `edit` says otherwise.
    pub(crate) fn issue(
        &self,
        names: &[&str],
        edit: impl FnOnce(&mut CertificateParams),
    ) -> Identity {
        let key = KeyPair::generate().unwrap();
        let leaf = leaf(names, edit).signed_by(&key, &self.0).unwrap();
        Identity {
            chain: leaf.pem(),
            key: key.serialize_pem(),
        }
    }

    /// A certificate for 127.0.0.1.
    pub(crate) fn loopback(&self) -> Identity {
        self.issue(&["127.0.0.1"], |_| {})
    }
}

impl Identity {
    /// A certificate for 127.0.0.1 that vouches for itself.
    pub(crate) fn self_signed() -> Self {
        Self::by_itself(|_| {})
    }

    /// The same, with which others could be signed: what `openssl req -x509` makes.
    pub(crate) fn self_signed_authority() -> Self {
        Self::by_itself(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained))
    }

    fn by_itself(edit: impl FnOnce(&mut CertificateParams)) -> Self {
        let key = KeyPair::generate().unwrap();
        let own = leaf(&["127.0.0.1"], edit).self_signed(&key).unwrap();
        Self {
            chain: own.pem(),
            key: key.serialize_pem(),
        }
    }

    /// A TLS server with this certificate that speaks these versions and, where it is given an authority,
    /// wants to see a certificate of it.
    pub(crate) fn server(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        clients: Option<&Authority>,
    ) -> ServerConfig {
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(versions)
            .unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(authority.0.der().clone()).unwrap();
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let chain = CertificateDer::pem_slice_iter(self.chain.as_bytes());
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).unwrap();
        builder
            .with_single_cert(chain.map(Result::unwrap).collect(), key)
            .unwrap()
    }

    /// A TLS server with this certificate and nothing special about it.
    pub(crate) fn plain_server(&self) -> ServerConfig {
        self.server(rustls::ALL_VERSIONS, None)
    }
}

fn authority(name: &str) -> CertificateParams {
    let mut params = leaf(&[], |_| {});
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

fn leaf(names: &[&str], edit: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let names: Vec<_> = names.iter().copied().map(str::to_owned).collect();
    let subject = format!("subject {}", names.join(" "));
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, subject);
    edit(&mut params);
    params
}
