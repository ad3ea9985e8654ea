//! `dianjian ocr`: the files of the engine that reads text in pictures.

use std::path::PathBuf;

use dianjian_base::text;
use dianjian_media::OcrModels;

use crate::environment;
use crate::error::CliError;
use crate::exit::Exit;
use crate::terminal::Terminal;

#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub struct OcrArgs {
    #[command(subcommand)]
    command: OcrCommand,
}

#[derive(Debug, clap::Subcommand)]
enum OcrCommand {
    Add {
        #[arg(value_name = "FILE.whl|DIR")]
        source: PathBuf,
    },
}

/// Copies the files of an engine into the user's data, where checks find them.
///
/// # Errors
/// They are not in what was named, or are not what was published; the folder cannot be written.
pub fn run(args: &OcrArgs, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let OcrCommand::Add { source } = &args.command;
    let folder = environment::ocr_folder().ok_or(CliError::NoStateFolder)?;
    let models = OcrModels::add(source, &folder)?;
    let (engine, licence, folder) = (models.engine(), models.licence(), models.folder().unwrap_or(&folder).display());
    let added = text! {
        zh: "已添加 {engine}（许可证 {licence}）：{folder}\n之后的检查会读图片和视频里的文字。\n",
        en: "Added {engine} (licence {licence}): {folder}\nChecks read the text of pictures and videos from now on.\n",
    };
    terminal.print(added.get(terminal.lang))?;
    Ok(Exit::Clean)
}
