//! Base URLs that platforms tell in variables.

use super::problem::Problem;
use super::search::Answer;
use crate::suite::{EnvironmentType, NetlifyUrl, VercelHost};

type Process<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The variable with this `name`, whatever sets it.
pub(super) fn any(name: &str, process: Process<'_>) -> Result<Answer, Problem> {
    let told = value(name, process).map_err(|problem| {
        problem.help(
            "whatever starts this program has to hand it on, in a pipeline the step that deploys",
        )
    });
    Ok(Answer {
        url: told?,
        kind: None,
        source: name.to_owned(),
    })
}

/// Vercel: hosts without a scheme.
pub(super) fn vercel(host: VercelHost, process: Process<'_>) -> Result<Answer, Problem> {
    let name = match host {
        VercelHost::Deployment => "VERCEL_URL",
        VercelHost::Branch => "VERCEL_BRANCH_URL",
        VercelHost::Production => "VERCEL_PROJECT_PRODUCTION_URL",
    };
    let told = value(name, process).map_err(|problem| {
        problem.help("Vercel sets it in its builds and functions, where system environment variables are exposed")
    })?;
    let kind = match (host, process("VERCEL_ENV").as_deref()) {
        (VercelHost::Production, _) | (_, Some("production")) => Some(EnvironmentType::Production),
        (_, Some("preview")) => Some(EnvironmentType::Staging),
        (_, Some("development")) => Some(EnvironmentType::Development),
        _ => None,
    };
    // `vercel dev` serves this machine, and no TLS.
    let scheme = if told.starts_with("localhost") || told.starts_with("127.0.0.1") {
        "http"
    } else {
        "https"
    };
    let url = if told.contains("://") {
        told
    } else {
        format!("{scheme}://{told}")
    };
    Ok(Answer {
        url,
        kind,
        source: name.to_owned(),
    })
}

/// Netlify.
pub(super) fn netlify(url: NetlifyUrl, process: Process<'_>) -> Result<Answer, Problem> {
    let name = match url {
        NetlifyUrl::Deployment => "DEPLOY_PRIME_URL",
        NetlifyUrl::Production => "URL",
    };
    let told = value(name, process)
        .map_err(|problem| problem.help("Netlify sets it in its builds and functions"))?;
    let kind = match (url, process("CONTEXT").as_deref()) {
        (NetlifyUrl::Production, _) | (_, Some("production")) => Some(EnvironmentType::Production),
        (_, Some("deploy-preview" | "branch-deploy" | "preview-server")) => {
            Some(EnvironmentType::Staging)
        }
        (_, Some("dev" | "dev-server")) => Some(EnvironmentType::Development),
        _ => None,
    };
    Ok(Answer {
        url: told,
        kind,
        source: name.to_owned(),
    })
}

/// GitLab, in a job with an `environment`.
pub(super) fn gitlab(process: Process<'_>) -> Result<Answer, Problem> {
    let name = "CI_ENVIRONMENT_URL";
    let url = value(name, process).map_err(|problem| {
        problem.help("GitLab sets it in jobs that say `environment: { name: …, url: … }`")
    })?;
    let kind = match process("CI_ENVIRONMENT_TIER").as_deref() {
        Some("production") => Some(EnvironmentType::Production),
        Some("staging" | "testing") => Some(EnvironmentType::Staging),
        Some("development") => Some(EnvironmentType::Development),
        _ => None,
    };
    Ok(Answer {
        url,
        kind,
        source: name.to_owned(),
    })
}

/// What `name` holds; CI systems pass what they do not have as empty text.
pub(super) fn value(name: &str, process: Process<'_>) -> Result<String, Problem> {
    match process(name) {
        None => Err(Problem::new(format!("`{name}` is not set"))),
        Some(value) if value.trim().is_empty() => {
            Err(Problem::new(format!("`{name}` is set, but empty")))
        }
        Some(value) => Ok(value.trim().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use EnvironmentType::{Development, Production, Staging};

    /// The variables of a preview, on all three platforms.
    const PREVIEW: [(&str, &str); 8] = [
        ("VERCEL_ENV", "preview"),
        ("VERCEL_URL", "shop-1a2b.vercel.app"),
        ("VERCEL_BRANCH_URL", "shop-git-new.vercel.app"),
        ("VERCEL_PROJECT_PRODUCTION_URL", "shop.example.com"),
        ("CONTEXT", "deploy-preview"),
        (
            "DEPLOY_PRIME_URL",
            " https://deploy-preview-12--shop.netlify.app\n",
        ),
        ("URL", "https://shop.example.com"),
        ("CI_ENVIRONMENT_URL", "https://review.example.com"),
    ];

    /// A preview, with one variable set to something else.
    fn preview(name: &str, (changed, value): (&str, &str)) -> Option<String> {
        if name == changed {
            return Some(value.to_owned());
        }
        let found = PREVIEW.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    }

    type Told = (&'static str, Option<EnvironmentType>);

    #[track_caller]
    fn check(told: Result<Answer, Problem>, (url, kind): Told) {
        let answer = told.unwrap_or_else(|problem| panic!("{problem:?}"));
        assert_eq!((answer.url.as_str(), answer.kind), (url, kind));
    }

    #[test]
    fn vercel_tells_hosts_and_type() {
        let told = |host, changed, expected| {
            check(vercel(host, &|name| preview(name, changed)), expected);
        };
        let (same, branch) = (("", ""), "https://shop-git-new.vercel.app");
        told(
            VercelHost::Deployment,
            same,
            ("https://shop-1a2b.vercel.app", Some(Staging)),
        );
        told(VercelHost::Branch, same, (branch, Some(Staging)));
        told(
            VercelHost::Branch,
            ("VERCEL_ENV", "production"),
            (branch, Some(Production)),
        );
        told(VercelHost::Branch, ("VERCEL_ENV", "else"), (branch, None));
        told(
            VercelHost::Production,
            same,
            ("https://shop.example.com", Some(Production)),
        );
        let local = ("VERCEL_URL", "localhost:3000");
        told(
            VercelHost::Deployment,
            local,
            ("http://localhost:3000", Some(Staging)),
        );
    }

    #[test]
    fn netlify_tells_urls_and_type() {
        let told = |url, changed, expected| {
            check(netlify(url, &|name| preview(name, changed)), expected);
        };
        let (same, deployment) = (("", ""), "https://deploy-preview-12--shop.netlify.app");
        told(NetlifyUrl::Deployment, same, (deployment, Some(Staging)));
        told(
            NetlifyUrl::Deployment,
            ("CONTEXT", "dev"),
            (deployment, Some(Development)),
        );
        told(
            NetlifyUrl::Deployment,
            ("CONTEXT", "production"),
            (deployment, Some(Production)),
        );
        told(
            NetlifyUrl::Production,
            same,
            ("https://shop.example.com", Some(Production)),
        );
    }

    #[test]
    fn gitlab_tells_url_and_tier() {
        let url = "https://review.example.com";
        for (tier, kind) in [
            ("production", Some(Production)),
            ("staging", Some(Staging)),
            ("testing", Some(Staging)),
            ("development", Some(Development)),
            ("other", None),
        ] {
            let changed = ("CI_ENVIRONMENT_TIER", tier);
            check(gitlab(&|name| preview(name, changed)), (url, kind));
        }
    }

    #[test]
    fn a_url_of_production_is_never_taken_for_another() {
        let production_only = |name: &str| {
            let known = ["VERCEL_PROJECT_PRODUCTION_URL", "URL"].contains(&name);
            known.then(|| "https://shop.example.com".to_owned())
        };
        assert!(vercel(VercelHost::Deployment, &production_only).is_err());
        assert!(vercel(VercelHost::Branch, &production_only).is_err());
        assert!(netlify(NetlifyUrl::Deployment, &production_only).is_err());
        assert!(any("A", &|_| Some(" ".to_owned())).is_err());
    }
}
