//! The security advisories for Crowd that matter to those who trust its answers, and which versions have them. Crowd tells
//! its version in a header of every answer. Only advisories whose versions Atlassian has published are in the table; a
//! version that is not in it is not thereby safe.

/// One advisory.
#[derive(Debug, PartialEq, Eq)]
pub struct Advisory {
    pub id: &'static str,
    pub about: &'static str,
    /// From each first version up to, not including, the one that mends it.
    affected: &'static [(Version, Version)],
}

/// Major, minor and patch; what comes after is not looked at.
type Version = [u32; 3];

const START: Version = [0, 0, 0];

/// Sources: Atlassian's advisories for Crowd of 2019-05-22 (CVE-2019-11580) and 2022-11-16 (CVE-2022-43782), its bulletin of
/// November 2023 (CVE-2023-22521), and for the others the CVE list, to which Atlassian itself gives what concerns it.
const ADVISORIES: &[Advisory] = &[
    Advisory {
        id: "CVE-2017-16858",
        about: "a person of one application can pass for one of another",
        affected: &[([1, 5, 0], [3, 1, 2])],
    },
    Advisory {
        id: "CVE-2018-20238",
        about: "sessions that have ended are accepted",
        affected: &[(START, [3, 2, 7]), ([3, 3, 0], [3, 3, 4])],
    },
    Advisory {
        id: "CVE-2019-11580",
        about: "anybody can install plugins and run code",
        affected: &[
            ([2, 1, 0], [3, 0, 5]),
            ([3, 1, 0], [3, 1, 6]),
            ([3, 2, 0], [3, 2, 8]),
            ([3, 3, 0], [3, 3, 5]),
            ([3, 4, 0], [3, 4, 4]),
        ],
    },
    Advisory {
        id: "CVE-2022-43782",
        about: "the application “crowd” needs no password from its remote addresses",
        affected: &[([3, 0, 0], [4, 4, 4]), ([5, 0, 0], [5, 0, 3])],
    },
    Advisory {
        id: "CVE-2023-22521",
        about: "whoever is logged in can run code",
        affected: &[([3, 4, 6], [5, 1, 6]), ([5, 2, 0], [5, 2, 1])],
    },
];

/// The version that `Crowd/VERSION` tells; `None` for other programs and for what is no version.
pub fn version(program: &str) -> Option<Version> {
    let (name, version) = program.split_once('/')?;
    let mut numbers = version.split(['.', '-', ' ', '_']).map(str::parse);
    let mut next = || numbers.next()?.ok();
    let (major, minor) = (next()?, next()?);
    name.trim().eq_ignore_ascii_case("crowd").then_some([major, minor, next().unwrap_or(0)])
}

/// The advisories that this version has.
pub fn of(version: Version) -> impl Iterator<Item = &'static Advisory> {
    let affects = move |(first, fixed): &(Version, Version)| *first <= version && version < *fixed;
    ADVISORIES.iter().filter(move |advisory| advisory.affected.iter().any(affects))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_crowds_own_versions_are_read() {
        for (program, expected) in [
            ("Crowd/6.3.0", Some([6, 3, 0])),
            ("crowd/4.4.3-b12", Some([4, 4, 3])),
            ("Crowd/2.7", Some([2, 7, 0])),
            ("JIRA/9.12.1", None),
            ("Crowd/", None),
            ("Crowd/unknown", None),
            ("6.3.0", None),
        ] {
            assert_eq!(version(program), expected, "{program}");
        }
    }

    #[test]
    fn a_version_has_the_advisories_that_it_was_mended_after() {
        for (version, ids) in [
            ([2, 0, 9], &["CVE-2017-16858", "CVE-2018-20238"][..]),
            ([3, 1, 2], &["CVE-2018-20238", "CVE-2019-11580", "CVE-2022-43782"]),
            ([3, 3, 4], &["CVE-2019-11580", "CVE-2022-43782"]),
            ([3, 4, 4], &["CVE-2022-43782"]),
            ([4, 4, 3], &["CVE-2022-43782", "CVE-2023-22521"]),
            ([4, 4, 4], &["CVE-2023-22521"]),
            ([5, 0, 2], &["CVE-2022-43782", "CVE-2023-22521"]),
            ([5, 1, 6], &[]),
            ([5, 2, 0], &["CVE-2023-22521"]),
            ([5, 2, 1], &[]),
            ([6, 3, 0], &[]),
        ] {
            let found: Vec<_> = of(version).map(|advisory| advisory.id).collect();
            assert_eq!(found, ids, "{version:?}");
        }
    }
}
