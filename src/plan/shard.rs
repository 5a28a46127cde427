//! A part of a suite's endpoints, for one machine of several.
//!
//! Input: which part of how many, and an endpoint. Output: whether it is in that part. Each endpoint's part
//! depends on nothing but what tells it apart from others: a further endpoint moves none. It refuses parts that
//! there are not. The hash is written out here, because machines with different builds have to agree on it.

use std::fmt;
use std::hash::Hasher;
use std::str::FromStr;

use crate::suite::{Endpoint, identify};

/// One of `total` parts, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: u32,
    total: u32,
}

/// A shard, and the whole that it is a part of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Which part.
    pub shard: Shard,
    /// What shards of the same file and the same selection have in common, and others do not.
    pub whole: String,
}

impl Shard {
    /// The part with this number, from 1, of `total`; an error says what there would be.
    pub fn new(index: u32, total: u32) -> Result<Self, String> {
        match (index, total) {
            (_, 0) => Err("there are no shards of nothing: the total is at least 1".to_owned()),
            (index, total) if (1..=total).contains(&index) => Ok(Self { index, total }),
            (index, 1) => Err(format!("there is no shard {index} of 1, only `1/1`")),
            (index, total) => Err(format!(
                "there is no shard {index} of {total}: they are `1/{total}` to `{total}/{total}`"
            )),
        }
    }

    /// Which it is, from 1.
    #[must_use]
    pub const fn index(self) -> u32 {
        self.index
    }

    /// How many there are.
    #[must_use]
    pub const fn total(self) -> u32 {
        self.total
    }

    /// Whether the endpoint is in this part.
    pub(super) fn holds(self, endpoint: &Endpoint) -> bool {
        let mut hash = Fnv::default();
        identify(endpoint, &mut hash);
        mixed(hash.finish()) % u64::from(self.total) == u64::from(self.index - 1)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text
            .split_once('/')
            .and_then(|(index, total)| Some((number(index)?, number(total)?)));
        let (index, total) =
            numbers.ok_or_else(|| format!("`{text}` is no shard: `2/5` is the second of five"))?;
        Self::new(index, total)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.total)
    }
}

impl Share {
    /// Whether there are others: the only shard of a run is all of it.
    #[must_use]
    pub const fn is_part(&self) -> bool {
        self.shard.total > 1
    }

    /// `shard` of these endpoints of suites with these texts, each with its position among all.
    pub(super) fn new<'a>(
        shard: Shard,
        texts: impl Iterator<Item = &'a str>,
        selected: impl Iterator<Item = (&'a Endpoint, &'a u32)>,
    ) -> Self {
        let mut hash = Fnv::default();
        for text in texts {
            hash.write(text.as_bytes());
        }
        for (endpoint, position) in selected {
            hash.write(&position.to_le_bytes());
            // Not all of them need to stand in the suite itself.
            identify(endpoint, &mut hash);
        }
        Self {
            shard,
            whole: format!("{:016x}", hash.finish()),
        }
    }
}

fn number(text: &str) -> Option<u32> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

/// FNV-1a of 64 bits.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Spreads what differs in the last characters only over all bits: the last step of `MurmurHash3`.
const fn mixed(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnostic::Source;
    use crate::suite::{self, Overrides};

    fn endpoints(lines: &str) -> Vec<Endpoint> {
        let text = format!("environments: {{ a: http://a.test }}\nendpoints:\n{lines}");
        let (suite, problems) =
            suite::read(Arc::new(Source::new("s.yaml", text)), &Overrides::default());
        assert_eq!(problems, []);
        suite.unwrap().endpoints
    }

    fn shard_of(endpoint: &Endpoint, total: u32) -> u32 {
        let mut holders =
            (1..=total).filter(|&index| Shard::new(index, total).unwrap().holds(endpoint));
        let holder = holders.next().unwrap();
        assert_eq!(holders.next(), None, "one holds it, and only one");
        holder
    }

    #[test]
    fn the_hash_is_the_one_of_its_definition() {
        for (text, value) in [
            ("", 0xcbf2_9ce4_8422_2325),
            ("a", 0xaf63_dc4c_8601_ec8c),
            ("foobar", 0x8594_4171_f739_67e8),
        ] {
            let mut hash = Fnv::default();
            hash.write(text.as_bytes());
            assert_eq!(hash.finish(), value, "{text}");
        }
    }

    /// Another assignment would let a part of a suite go unchecked wherever builds meet.
    #[test]
    fn endpoints_stay_where_they_are() {
        let lines = "- /: 200\n- /a: 200\n- HEAD /a: 200\n- /users/1?b=c: 404\n- { path: /a, name: x, expect: 200 }\n\
                     - { path: /a, headers: { X-A: b }, query: { q: \"${Q:-1}\" }, expect: 200 }\n\
                     - { path: /a, method: POST, json: { b: 1, a: [x] }, as: anonymous, expect: 200 }\n";
        let shards: Vec<_> = endpoints(lines)
            .iter()
            .map(|endpoint| shard_of(endpoint, 5))
            .collect();
        assert_eq!(shards, [2, 4, 1, 1, 4, 5, 3]);
    }

    #[test]
    fn a_further_endpoint_or_another_expectation_moves_none() {
        let before = endpoints("- /a: 200\n- /b: 200\n- /c: 200\n");
        let after = endpoints(
            "- /new: 200\n- /a: 404\n- { path: /b, tags: [x], timeout: 1s, expect: 2xx }\n- /c: any\n",
        );
        for (one, other) in before.iter().zip(&after[1..]) {
            assert_eq!(shard_of(one, 7), shard_of(other, 7));
        }
    }

    #[test]
    fn shards_are_of_about_one_size() {
        let lines: Vec<_> = (0..5000)
            .map(|number| format!("- /item/{number}: 200\n"))
            .collect();
        let mut sizes = [0; 5];
        for endpoint in endpoints(&lines.concat()) {
            sizes[shard_of(&endpoint, 5) as usize - 1] += 1;
        }
        assert!(
            sizes.iter().all(|size| (900..1100).contains(size)),
            "{sizes:?}"
        );
    }

    #[test]
    fn reads_what_there_is() {
        assert_eq!("2/5".parse(), Shard::new(2, 5));
        assert_eq!("1/1".parse::<Shard>().unwrap().to_string(), "1/1");
        for (text, words) in [
            ("0/5", "they are `1/5` to `5/5`"),
            ("6/5", "they are `1/5` to `5/5`"),
            ("2/1", "only `1/1`"),
            ("1/0", "at least 1"),
            ("2", "`2/5` is the second of five"),
            ("+1/5", "`2/5` is"),
            ("1/99999999999", "`2/5` is"),
            ("", "`2/5` is"),
        ] {
            let error = text.parse::<Shard>().unwrap_err();
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
