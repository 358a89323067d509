//! Residents of states, by the three letters of ICAO Doc 9303, part 3, section 5.
//!
//! Rounded to two significant digits, for about the year 2024, as the United Nations' World
//! Population Prospects 2024 have them (for `RKS` and `TWN`, their own statistics). They were
//! written down by hand, and are good for an order of magnitude, which is all that
//! [`super::Crowd`] says. What they were compared with is published: the World Bank's figures for
//! 2019 (World Development Indicators, SP.POP.TOTL, CC BY 4.0), from which each differs by less
//! than a half of itself, and nine by a power of ten, of `ARE`, `COD`, `DJI`, `HND`, `PNG`, `SYC`,
//! `TJK`, `TUV` and `VNM`, which stand near one. `TWN` and `VAT` are not among those.
//!
//! They count who lives in a state, not who is a national of it, at home or abroad: in some states
//! of the Gulf the two differ tenfold. Dependent territories are left out: their people are
//! nationals of the state.

/// How many people live in a state; `None` for a code that stands for no state of the table.
pub(super) fn of(code: &str) -> Option<u64> {
    let at = RESIDENTS
        .binary_search_by_key(&code, |(code, _)| code)
        .ok()?;
    RESIDENTS.get(at).map(|(_, residents)| *residents)
}

/// In the order of the codes.
#[rustfmt::skip]
pub(super) const RESIDENTS: &[(&str, u64)] = &[
    ("AFG", 43_000_000), ("AGO", 38_000_000), ("ALB", 2_800_000), ("AND", 82_000),
    ("ARE", 11_000_000), ("ARG", 46_000_000), ("ARM", 3_000_000), ("ATG", 94_000),
    ("AUS", 27_000_000), ("AUT", 9_100_000), ("AZE", 10_000_000), ("BDI", 14_000_000),
    ("BEL", 12_000_000), ("BEN", 14_000_000), ("BFA", 24_000_000), ("BGD", 170_000_000),
    ("BGR", 6_800_000), ("BHR", 1_600_000), ("BHS", 400_000), ("BIH", 3_200_000),
    ("BLR", 9_100_000), ("BLZ", 420_000), ("BOL", 12_000_000), ("BRA", 210_000_000),
    ("BRB", 280_000), ("BRN", 460_000), ("BTN", 790_000), ("BWA", 2_500_000), ("CAF", 5_300_000),
    ("CAN", 40_000_000), ("CHE", 8_900_000), ("CHL", 20_000_000), ("CHN", 1_400_000_000),
    ("CIV", 32_000_000), ("CMR", 29_000_000), ("COD", 110_000_000), ("COG", 6_300_000),
    ("COL", 53_000_000), ("COM", 870_000), ("CPV", 520_000), ("CRI", 5_100_000),
    ("CUB", 11_000_000), ("CYP", 1_400_000), ("CZE", 11_000_000), ("DEU", 85_000_000),
    ("DJI", 1_200_000), ("DMA", 66_000), ("DNK", 6_000_000), ("DOM", 11_000_000),
    ("DZA", 47_000_000), ("ECU", 18_000_000), ("EGY", 120_000_000), ("ERI", 3_500_000),
    ("ESP", 48_000_000), ("EST", 1_400_000), ("ETH", 130_000_000), ("FIN", 5_600_000),
    ("FJI", 930_000), ("FRA", 67_000_000), ("FSM", 110_000), ("GAB", 2_500_000),
    ("GBR", 69_000_000), ("GEO", 3_800_000), ("GHA", 34_000_000), ("GIN", 15_000_000),
    ("GMB", 2_800_000), ("GNB", 2_200_000), ("GNQ", 1_900_000), ("GRC", 10_000_000),
    ("GRD", 120_000), ("GTM", 18_000_000), ("GUY", 830_000), ("HND", 11_000_000),
    ("HRV", 3_900_000), ("HTI", 12_000_000), ("HUN", 9_700_000), ("IDN", 280_000_000),
    ("IND", 1_500_000_000), ("IRL", 5_300_000), ("IRN", 92_000_000), ("IRQ", 46_000_000),
    ("ISL", 390_000), ("ISR", 9_400_000), ("ITA", 59_000_000), ("JAM", 2_800_000),
    ("JOR", 12_000_000), ("JPN", 120_000_000), ("KAZ", 21_000_000), ("KEN", 56_000_000),
    ("KGZ", 7_200_000), ("KHM", 18_000_000), ("KIR", 130_000), ("KNA", 47_000), ("KOR", 52_000_000),
    ("KWT", 4_900_000), ("LAO", 7_800_000), ("LBN", 5_800_000), ("LBR", 5_600_000),
    ("LBY", 7_400_000), ("LCA", 180_000), ("LIE", 40_000), ("LKA", 23_000_000), ("LSO", 2_300_000),
    ("LTU", 2_900_000), ("LUX", 670_000), ("LVA", 1_900_000), ("MAR", 38_000_000), ("MCO", 39_000),
    ("MDA", 3_000_000), ("MDG", 32_000_000), ("MDV", 530_000), ("MEX", 130_000_000),
    ("MHL", 38_000), ("MKD", 1_800_000), ("MLI", 24_000_000), ("MLT", 540_000), ("MMR", 55_000_000),
    ("MNE", 640_000), ("MNG", 3_500_000), ("MOZ", 35_000_000), ("MRT", 5_200_000),
    ("MUS", 1_300_000), ("MWI", 22_000_000), ("MYS", 36_000_000), ("NAM", 3_000_000),
    ("NER", 27_000_000), ("NGA", 230_000_000), ("NIC", 6_900_000), ("NLD", 18_000_000),
    ("NOR", 5_600_000), ("NPL", 30_000_000), ("NRU", 12_000), ("NZL", 5_200_000),
    ("OMN", 5_300_000), ("PAK", 250_000_000), ("PAN", 4_500_000), ("PER", 34_000_000),
    ("PHL", 120_000_000), ("PLW", 18_000), ("PNG", 11_000_000), ("POL", 39_000_000),
    ("PRK", 26_000_000), ("PRT", 10_000_000), ("PRY", 6_900_000), ("PSE", 5_500_000),
    ("QAT", 3_000_000), ("RKS", 1_700_000), ("ROU", 19_000_000), ("RUS", 140_000_000),
    ("RWA", 14_000_000), ("SAU", 34_000_000), ("SDN", 50_000_000), ("SEN", 19_000_000),
    ("SGP", 5_800_000), ("SLB", 820_000), ("SLE", 8_600_000), ("SLV", 6_300_000), ("SMR", 34_000),
    ("SOM", 19_000_000), ("SRB", 6_700_000), ("SSD", 12_000_000), ("STP", 240_000),
    ("SUR", 630_000), ("SVK", 5_500_000), ("SVN", 2_100_000), ("SWE", 11_000_000),
    ("SWZ", 1_200_000), ("SYC", 130_000), ("SYR", 25_000_000), ("TCD", 20_000_000),
    ("TGO", 9_500_000), ("THA", 72_000_000), ("TJK", 11_000_000), ("TKM", 7_500_000),
    ("TLS", 1_400_000), ("TON", 100_000), ("TTO", 1_500_000), ("TUN", 12_000_000),
    ("TUR", 87_000_000), ("TUV", 9_600), ("TWN", 23_000_000), ("TZA", 69_000_000),
    ("UGA", 50_000_000), ("UKR", 38_000_000), ("URY", 3_400_000), ("USA", 350_000_000),
    ("UZB", 36_000_000), ("VAT", 500), ("VCT", 100_000), ("VEN", 28_000_000), ("VNM", 100_000_000),
    ("VUT", 330_000), ("WSM", 220_000), ("YEM", 41_000_000), ("ZAF", 64_000_000),
    ("ZMB", 21_000_000), ("ZWE", 17_000_000),
];
