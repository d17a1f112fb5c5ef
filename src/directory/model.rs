//! The directory's words as types.

use serde::{Deserialize, Serialize};

/// A closed list of words, each with the one spelling that the database, forms and JSON use.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$meaning:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name { $($(#[$meaning])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The spelling in database, forms and JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads exactly that spelling; what people write in spreadsheets is for `import::normalise`.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(word: &str) -> Result<Self, String> {
                Self::parse(word).ok_or_else(|| format!("it is none of {:?}", Self::ALL))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// What a company is to the operator's.
    Kind {
        Supplier = "supplier",
        Group = "group",
    }
}

words! {
    /// How much stops if the company stops; A is the most.
    Criticality {
        A = "A",
        B = "B",
        C = "C",
    }
}

words! {
    /// A contact's part at their company.
    Role {
        Primary = "primary",
        Backup = "backup",
        Executive = "executive",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        assert!(Kind::ALL.iter().all(|kind| Kind::parse(kind.as_str()) == Some(*kind)));
        assert!(
            Criticality::ALL
                .iter()
                .all(|grade| Criticality::parse(grade.as_str()) == Some(*grade))
        );
        assert!(Role::ALL.iter().all(|role| Role::parse(role.as_str()) == Some(*role)));
        assert_eq!(Kind::parse("Supplier"), None);
    }
}
