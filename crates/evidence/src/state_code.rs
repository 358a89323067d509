use std::fmt;

/// The code of a state, an organization, or a person's want of a nationality (ICAO Doc 9303,
/// part 3, section 5).
///
/// One state has one form here, the three letters of ISO 3166-1: Germany's `D` becomes `DEU`, so
/// that a document read from its zone and one typed at a desk compare equal.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct StateCode(&'static str);

impl StateCode {
    /// Looks a code up; fillers, case and surrounding blanks are ignored.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let code = code.trim().trim_end_matches('<').to_ascii_uppercase();
        if code == GERMANY_IN_THE_ZONE {
            return Some(Self("DEU"));
        }
        [ISO_3166_1, SPECIAL, WITHOUT_NATIONALITY]
            .iter()
            .find_map(|codes| codes.iter().find(|known| **known == code))
            .map(|known| Self(known))
    }

    /// The three letters.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// Whether documents can be issued under this code: not under those for persons without a
    /// defined nationality.
    #[must_use]
    pub fn issues_documents(self) -> bool {
        !WITHOUT_NATIONALITY.contains(&self.0)
    }

    /// Whether this is Utopia, the state of specimens.
    #[must_use]
    pub fn is_specimen(self) -> bool {
        self.0 == "UTO"
    }

    /// The three characters in a machine-readable zone.
    pub(crate) fn zone(self) -> &'static str {
        if self.0 == "DEU" { "D<<" } else { self.0 }
    }
}

impl fmt::Display for StateCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

const GERMANY_IN_THE_ZONE: &str = "D";

/// Part A: ISO 3166-1 alpha-3.
#[rustfmt::skip]
const ISO_3166_1: &[&str] = &[
    "ABW", "AFG", "AGO", "AIA", "ALA", "ALB", "AND", "ARE", "ARG", "ARM", "ASM", "ATA", "ATF",
    "ATG", "AUS", "AUT", "AZE", "BDI", "BEL", "BEN", "BES", "BFA", "BGD", "BGR", "BHR", "BHS",
    "BIH", "BLM", "BLR", "BLZ", "BMU", "BOL", "BRA", "BRB", "BRN", "BTN", "BVT", "BWA", "CAF",
    "CAN", "CCK", "CHE", "CHL", "CHN", "CIV", "CMR", "COD", "COG", "COK", "COL", "COM", "CPV",
    "CRI", "CUB", "CUW", "CXR", "CYM", "CYP", "CZE", "DEU", "DJI", "DMA", "DNK", "DOM", "DZA",
    "ECU", "EGY", "ERI", "ESH", "ESP", "EST", "ETH", "FIN", "FJI", "FLK", "FRA", "FRO", "FSM",
    "GAB", "GBR", "GEO", "GGY", "GHA", "GIB", "GIN", "GLP", "GMB", "GNB", "GNQ", "GRC", "GRD",
    "GRL", "GTM", "GUF", "GUM", "GUY", "HKG", "HMD", "HND", "HRV", "HTI", "HUN", "IDN", "IMN",
    "IND", "IOT", "IRL", "IRN", "IRQ", "ISL", "ISR", "ITA", "JAM", "JEY", "JOR", "JPN", "KAZ",
    "KEN", "KGZ", "KHM", "KIR", "KNA", "KOR", "KWT", "LAO", "LBN", "LBR", "LBY", "LCA", "LIE",
    "LKA", "LSO", "LTU", "LUX", "LVA", "MAC", "MAF", "MAR", "MCO", "MDA", "MDG", "MDV", "MEX",
    "MHL", "MKD", "MLI", "MLT", "MMR", "MNE", "MNG", "MNP", "MOZ", "MRT", "MSR", "MTQ", "MUS",
    "MWI", "MYS", "MYT", "NAM", "NCL", "NER", "NFK", "NGA", "NIC", "NIU", "NLD", "NOR", "NPL",
    "NRU", "NZL", "OMN", "PAK", "PAN", "PCN", "PER", "PHL", "PLW", "PNG", "POL", "PRI", "PRK",
    "PRT", "PRY", "PSE", "PYF", "QAT", "REU", "ROU", "RUS", "RWA", "SAU", "SDN", "SEN", "SGP",
    "SGS", "SHN", "SJM", "SLB", "SLE", "SLV", "SMR", "SOM", "SPM", "SRB", "SSD", "STP", "SUR",
    "SVK", "SVN", "SWE", "SWZ", "SXM", "SYC", "SYR", "TCA", "TCD", "TGO", "THA", "TJK", "TKL",
    "TKM", "TLS", "TON", "TTO", "TUN", "TUR", "TUV", "TWN", "TZA", "UGA", "UKR", "UMI", "URY",
    "USA", "UZB", "VAT", "VCT", "VEN", "VGB", "VIR", "VNM", "VUT", "WLF", "WSM", "YEM", "ZAF",
    "ZMB", "ZWE",
];

/// Parts B, C, D and F: British nationalities, the European Union, the United Nations and its
/// mission in Kosovo, other organizations, specimens; and `RKS`, which Kosovo prints.
#[rustfmt::skip]
const SPECIAL: &[&str] = &[
    "EUE", "GBD", "GBN", "GBO", "GBP", "GBS", "RKS", "UNA", "UNK", "UNO", "UTO",
    "XBA", "XCC", "XCE", "XCO", "XDC", "XEC", "XES", "XIM", "XMP", "XOM", "XPO",
];

/// Part E: stateless persons, refugees, other refugees, unspecified.
const WITHOUT_NATIONALITY: &[&str] = &["XXA", "XXB", "XXC", "XXX"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn germany_has_one_form() {
        let germany = StateCode::parse("D<<").unwrap();
        assert_eq!(germany, StateCode::parse("deu").unwrap());
        assert_eq!((germany.as_str(), germany.zone()), ("DEU", "D<<"));
    }

    #[test]
    fn special_codes() {
        assert!(StateCode::parse("UNO").unwrap().issues_documents());
        assert!(!StateCode::parse("XXB").unwrap().issues_documents());
        assert!(StateCode::parse("UTO").unwrap().is_specimen());
        assert_eq!(StateCode::parse("WSA"), None);
        assert_eq!(StateCode::parse(""), None);
        assert_eq!(StateCode::parse("<<<"), None);
    }

    #[test]
    fn every_code_is_listed_once() {
        let mut codes: Vec<_> = [ISO_3166_1, SPECIAL, WITHOUT_NATIONALITY].concat();
        assert_eq!(codes.len(), 249 + 22 + 4);
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), 249 + 22 + 4);
    }
}
