//! Where people live: the nineteen municipalities by how many newcomers they see, and invented addresses in them.

use super::draw::Draw;
use traject_domain::code::LegalLanguage;
use traject_domain::municipality::Municipality;

/// NIS code, share of the newcomers in per mille, postal codes.
const MUNICIPALITIES: [((u16, &[&str]), u32); 19] = [
    ((21001, &["1070"]), 112),
    ((21002, &["1160"]), 18),
    ((21003, &["1082"]), 17),
    ((21004, &["1000", "1020", "1120", "1130", "1040", "1050"]), 185),
    ((21005, &["1040"]), 60),
    ((21006, &["1140"]), 30),
    ((21007, &["1190"]), 44),
    ((21008, &["1083"]), 17),
    ((21009, &["1050"]), 105),
    ((21010, &["1090"]), 34),
    ((21011, &["1081"]), 17),
    ((21012, &["1080"]), 80),
    ((21013, &["1060"]), 58),
    ((21014, &["1210"]), 32),
    ((21015, &["1030"]), 108),
    ((21016, &["1180"]), 45),
    ((21017, &["1170"]), 13),
    ((21018, &["1200"]), 15),
    ((21019, &["1150"]), 10),
];

/// Dutch and French name of invented streets.
const STREETS: [(&str, &str); 24] = [
    ("Vijverstraat", "Rue de l’Étang"),
    ("Nachtegaallaan", "Avenue du Rossignol"),
    ("Oude Molenweg", "Chemin du Vieux Moulin"),
    ("Kersenbomenplein", "Place des Cerisiers"),
    ("Wevershof", "Clos des Tisserands"),
    ("Hazelaarstraat", "Rue du Noisetier"),
    ("Lichtgevelsteenweg", "Chaussée de la Façade-Claire"),
    ("Zonneweelde", "Allée du Soleil"),
    ("Bron- en Beekstraat", "Rue de la Source et du Ruisseau"),
    ("Vroegemarkt", "Marché-Matinal"),
    ("Koperslagersgang", "Impasse des Chaudronniers"),
    ("Drie-Bruggenstraat", "Rue des Trois-Ponts"),
    ("Sint-Evrardplein", "Place Saint-Évrard"),
    ("Beukenhoutdreef", "Drève de la Hêtraie"),
    ("Groene Jagersveldlaan", "Avenue du Pré-aux-Chasseurs"),
    ("Tweehuizenweg", "Chemin des Deux Maisons"),
    ("Lindebloesemstraat", "Rue de la Fleur-de-Tilleul"),
    ("Papiermakerskaai", "Quai des Papetiers"),
    ("Kruisbessenstraat", "Rue des Groseilliers"),
    ("Ezelsoorlaan", "Avenue de l’Oreille-d’Âne"),
    ("Stille Waterlaan", "Avenue de l’Eau-Dormante"),
    ("Boekbindersstraat", "Rue des Relieurs"),
    ("Zavelputtenpad", "Sentier des Sablières"),
    ("Onze-Lieve-Vrouw-ter-Weidestraat", "Rue Notre-Dame-de-la-Prairie"),
];

/// An address as a register extract has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) municipality: Municipality,
    pub(crate) street: &'static str,
    pub(crate) house_number: String,
    pub(crate) box_number: String,
    pub(crate) postal_code: &'static str,
    pub(crate) city: &'static str,
}

/// An address written in one language, in any municipality but `other_than`.
pub(crate) fn address(draw: &mut Draw, language: LegalLanguage, other_than: Option<Municipality>) -> Address {
    let (municipality, postal_codes) = loop {
        let (nis, postal_codes) = draw.weighted(&MUNICIPALITIES);
        match Municipality::from_nis(nis) {
            Some(municipality) if Some(municipality) != other_than => break (municipality, postal_codes),
            _ => {}
        }
    };
    let (dutch, french) = draw.pick(&STREETS);
    let suffix = if draw.percent(6) { draw.pick(&["A", "B", "bis"]) } else { "" };
    let box_number = match draw.below(10) {
        0..=3 => String::new(),
        4..=6 => draw.between(1, 40).to_string(),
        7 => format!("b{}", draw.between(1, 12)),
        _ => format!("{}/{}", draw.between(1, 9), draw.between(1, 4)),
    };
    Address {
        municipality,
        street: if language == LegalLanguage::Nl { dutch } else { french },
        house_number: format!("{}{suffix}", draw.between(1, 320)),
        box_number,
        postal_code: draw.pick(postal_codes),
        city: municipality.name(language),
    }
}
