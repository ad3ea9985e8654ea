//! `cargo run --release -p dianjian-corpus -- FORMAT COUNT PATH`: writes a fleet.
//!
//! `FORMAT`: `ndjson`, `yaml`, `csv`, `xlsx`, `exports`, `legacy` (an NDJSON file of shops that are still to move), `products` (CSV
//! files of products and of the shops that they name), or `products-alone` (the same without the column that names shops).

use std::path::Path;
use std::process::ExitCode;

use corpus::Fleet;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [format, count, path] = args.as_slice() else { return usage() };
    let Ok(count) = count.parse() else { return usage() };
    let path = Path::new(path);
    let written = match format.as_str() {
        "ndjson" => Fleet::new(1).write_ndjson(path, count),
        "yaml" => Fleet::new(1).write_yaml(path, count),
        "csv" => Fleet::shops(1).write_csv(path, count),
        "xlsx" => Fleet::shops(1).write_xlsx(path, count),
        "exports" => Fleet::shops(1).write_exports(path, count),
        "legacy" => Fleet::legacy(1).write_ndjson(path, count),
        "products" => Fleet::shops(1).write_products(path, count, true),
        "products-alone" => Fleet::shops(1).write_products(path, count, false),
        _ => return usage(),
    };
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", path.display());
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("corpus ndjson|yaml|csv|xlsx|exports|legacy|products|products-alone COUNT PATH");
    ExitCode::from(2)
}
