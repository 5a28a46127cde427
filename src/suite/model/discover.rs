//! How an environment's base URL is found where the suite does not say it.

use crate::suite::template::Template;

/// Where a base URL comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Discover {
    /// Upsun, formerly Platform.sh.
    Upsun(Upsun),
    /// The variables of Vercel, which hold hosts without a scheme.
    Vercel(VercelHost),
    /// The variables of Netlify.
    Netlify(NetlifyUrl),
    /// The variables of GitLab.
    Gitlab,
    /// The `deployment_status` event of GitHub.
    Github,
    /// The variable of this name.
    Variable(String),
    /// What a program prints, given with its arguments and run without a shell; at least its name.
    Command(Vec<Template>),
}

impl Discover {
    /// Whether it says the same in every suite: it holds no `${…}`.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        let is_plain = |template: &Template| template.as_plain().is_some();
        match self {
            Self::Upsun(upsun) => {
                let named = [&upsun.project, &upsun.environment, &upsun.route];
                named.into_iter().flatten().all(is_plain)
            }
            Self::Command(words) => words.iter().all(is_plain),
            Self::Vercel(_)
            | Self::Netlify(_)
            | Self::Gitlab
            | Self::Github
            | Self::Variable(_) => true,
        }
    }
}

/// Which environment of which project on Upsun; what is absent is that of the container or the checkout.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Upsun {
    /// The ID of the project.
    pub project: Option<Template>,
    /// The name of the environment.
    pub environment: Option<Template>,
    /// The ID of a route; the primary one where absent.
    pub route: Option<Template>,
}

/// Which of the hosts that Vercel knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VercelHost {
    /// That of this very deployment, `VERCEL_URL`.
    Deployment,
    /// That of the branch, `VERCEL_BRANCH_URL`.
    Branch,
    /// That of production, `VERCEL_PROJECT_PRODUCTION_URL`.
    Production,
}

/// Which of the URLs that Netlify knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetlifyUrl {
    /// That of this deployment or its branch, `DEPLOY_PRIME_URL`.
    Deployment,
    /// That of production, `URL`.
    Production,
}
