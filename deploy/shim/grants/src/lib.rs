//! What a pod lets its plugin do: the annotation `wasm-plugin.dev/grants`, which the container has in a variable. What cannot be kept is
//! refused, and so is the pod: a grant that says more than is kept would be a lie.

use anyhow::{Context, Result, bail};
use serde::Deserialize;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Grants {
    /// Names of variables of the container.
    pub env: Vec<String>,
    /// Folders of the container, which are where its volumes are mounted.
    pub fs: Vec<Folder>,
    /// `[METHOD ]http(s)://host[:port]`
    net: Vec<String>,
    #[serde(skip)]
    rules: Vec<Rule>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Folder {
    pub at: String,
    pub access: Access,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    Read,
    ReadWrite,
}

#[derive(Clone, Debug)]
struct Rule {
    /// `None` is every method.
    method: Option<String>,
    is_secure: bool,
    host: String,
    /// It is about all names below the host, and not about the host.
    is_below: bool,
    /// `None` is every port.
    port: Option<u16>,
}

impl Grants {
    /// Nothing is granted where there is no annotation.
    pub fn parse(text: Option<&str>) -> Result<Self> {
        let Some(text) = text else {
            return Ok(Self::default());
        };
        let mut grants: Self =
            serde_json::from_str(text).context("wasm-plugin.dev/grants has what this shim cannot keep")?;
        grants.rules = grants.net.iter().map(|one| rule(one)).collect::<Result<_>>()?;
        Ok(grants)
    }

    /// Whether a request may be sent.
    pub fn allows(&self, method: &str, is_secure: bool, host: &str, port: u16) -> bool {
        let host = host.to_ascii_lowercase();
        let host = host.strip_suffix('.').unwrap_or(&host);
        self.rules.iter().any(|rule| {
            rule.is_secure == is_secure
                && rule.port.is_none_or(|one| one == port)
                && rule.method.as_deref().is_none_or(|one| one == method)
                && match rule.is_below {
                    false => rule.host == host,
                    true => host
                        .strip_suffix(&rule.host)
                        .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
                }
        })
    }
}

fn rule(pattern: &str) -> Result<Rule> {
    let refused = |reason: &str| anyhow::anyhow!("the shim does not keep the grant {pattern:?}: {reason}");
    let (method, rest) = match pattern.split_once(' ') {
        Some((method, rest)) => (Some(method.to_string()), rest),
        None => (None, pattern),
    };
    let Some((scheme, authority)) = rest.split_once("://") else {
        bail!(refused("it has no scheme"))
    };
    let is_secure = match scheme {
        "https" => true,
        "http" => false,
        _ => bail!(refused("it gives requests of HTTP, and no sockets and names")),
    };
    if authority.contains('/') {
        bail!(refused(
            "it knows hosts, ports and methods, and no paths: grant the host, or take the gateway"
        ));
    }
    let (host, port) = match authority.rfind(':').filter(|_| !authority.ends_with(']')) {
        Some(at) => (&authority[..at], Some(&authority[at + 1..])),
        None => (authority, None),
    };
    let port = match port {
        Some("*") => None,
        Some(text) => Some(text.parse().map_err(|_| refused("its port is no number"))?),
        None => Some(if is_secure { 443 } else { 80 }),
    };
    let is_below = host.starts_with("*.");
    let host = if is_below { &host[2..] } else { host };
    let is_plain = host
        .bytes()
        .all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || b"-_.[]:".contains(&one));
    if host.is_empty() || !is_plain {
        bail!(refused("its host is none, or not written as it is looked up"));
    }
    Ok(Rule {
        method,
        is_secure,
        host: host.into(),
        is_below,
        port,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grants(net: &[&str]) -> Grants {
        Grants::parse(Some(&serde_json::json!({ "net": net }).to_string())).unwrap()
    }

    #[test]
    fn nothing_is_granted_without_grants() {
        assert!(
            !Grants::parse(None)
                .unwrap()
                .allows("GET", true, "example.com", 443)
        );
    }

    #[test]
    fn a_pattern_allows_what_it_says() {
        let grants = grants(&[
            "GET https://api.example.com",
            "http://*.example.org:*",
            "https://[::1]:8443",
        ]);
        assert!(grants.allows("GET", true, "API.example.com", 443));
        assert!(grants.allows("GET", true, "api.example.com.", 443));
        assert!(grants.allows("POST", false, "a.b.example.org", 81));
        assert!(grants.allows("GET", true, "[::1]", 8443));
        for (method, is_secure, host, port) in [
            ("POST", true, "api.example.com", 443),
            ("GET", false, "api.example.com", 443),
            ("GET", true, "api.example.com", 8443),
            ("GET", true, "xapi.example.com", 443),
            ("GET", false, "example.org", 80),
            ("GET", false, ".example.org", 80),
            ("GET", false, "xexample.org", 80),
            ("GET", true, "[::1]", 443),
        ] {
            assert!(
                !grants.allows(method, is_secure, host, port),
                "{method} {host}:{port}"
            );
        }
    }

    #[test]
    fn what_cannot_be_kept_is_refused() {
        for text in [
            r#"{"net":["https://example.com/v1/**"]}"#,
            r#"{"net":["tcp://example.com:1"]}"#,
            r#"{"net":["dns://example.com"]}"#,
            r#"{"net":["!https://example.com"]}"#,
            r#"{"net":["https://"]}"#,
            r#"{"net":["https://Example.com"]}"#,
            r#"{"net":["https://a:b"]}"#,
            r#"{"fs":[{"at":"/data","access":"read","quota":1}]}"#,
            r#"{"fs":[{"at":"/data","access":"create"}]}"#,
            r#"{"kv":{}}"#,
            "[",
        ] {
            assert!(Grants::parse(Some(text)).is_err(), "{text}");
        }
    }
}
