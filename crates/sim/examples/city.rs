//! Writes a city's two files: `cargo run -p traject-sim --example city -- SEED CHECKS FROM UNTIL DIR [ONE_FAULTY_IN]`.

use std::error::Error;
use std::fs::{File, create_dir_all};
use std::io::{BufWriter, Write};
use std::path::Path;
use traject_sim::city::City;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [seed, checks, from, until, folder, rest @ ..] = arguments.as_slice() else {
        return Err("give SEED CHECKS FROM UNTIL DIR [ONE_FAULTY_IN]".into());
    };
    let one_in = rest.first().map_or(Ok(0), |text| text.parse())?;
    let city = City::generate(seed.parse()?, checks.parse()?, from.parse()?, until.parse()?).with_faulty_rows(one_in);
    let folder = Path::new(folder);
    create_dir_all(folder)?;
    let mut registrations = BufWriter::new(File::create(folder.join("registrations.csv"))?);
    city.registrations_csv(&mut registrations)?;
    registrations.flush()?;
    let mut events = BufWriter::new(File::create(folder.join("events.csv"))?);
    city.events_csv(&mut events)?;
    events.flush()?;
    Ok(())
}
