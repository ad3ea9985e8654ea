//! The help texts in Chinese. The English ones are the doc comments of the flags themselves.

use clap::Command;

use crate::lang::Lang;

/// Commands, by their names from the top.
const COMMANDS: &[(&str, &str)] = &[
    ("", "店检：按有日期、有依据的规则检查微信小店的店铺文件和直播素材"),
    ("check", "检查店铺文件和直播素材"),
    ("merge", "把 check --shard 各份的结果合并成一次检查的报告"),
    ("rules", "规则本身：测试、列表、校验、时间线"),
    ("rules test", "运行每条规则自带的例子"),
    ("rules list", "列出规则"),
    ("rules lint", "校验规则文件：写错的地方，和一条好规则该有的东西"),
    ("rules schema", "输出 JSON Schema，给编辑器用"),
    ("rules timeline", "什么规则从哪天开始、到哪天为止"),
    ("rules new", "新建一条规则，带注释"),
    ("explain", "解释一条规则、一种记录、一个字段或一张表"),
    ("import", "把平台导出和表格写成本工具的文件：每家店一个文件"),
    ("tables", "表：把平台的类目和保证金数据写成表"),
    ("tables import", "把类目和保证金接口的数据写成有日期的表，规则会用到"),
    ("audit", "平台的驳回旁边，是本工具按当天的规则对同一件商品说了什么，又会漏掉什么"),
    ("forecast", "接下来哪天，哪条记录会有什么变化"),
    ("migrate", "迁移：制定计划、查看、应用、续做、撤销、复核"),
    ("migrate plan", "为一批店铺制定计划"),
    ("migrate show", "查看计划：终端、Markdown、CSV、日历、网页"),
    ("migrate apply", "按计划修改文件"),
    ("migrate status", "计划做到哪里了"),
    ("migrate resume", "接着做上一次没做完的"),
    ("migrate verify", "按割接日的规则复核，与计划对照"),
    ("migrate rollback", "撤销，文件恢复原样，一个字节不差"),
    ("baseline", "已知问题的基线"),
    ("baseline create", "把现有问题写成基线"),
    ("doctor", "程序、规则、ffmpeg、缓存是否就绪"),
    ("completions", "输出命令补全脚本"),
];

/// The formats of reports, for the commands that write them.
const REPORT_FORMATS: &str = "标准输出的格式：pretty（默认）、short、json、sarif、junit、github、gitlab、markdown（xlsx 须写入文件：-o xlsx=文件）";

/// Arguments, by command (or `*`) and id.
const ARGUMENTS: &[(&str, &str, &str)] = &[
    ("*", "lang", "提示语言，zh 或 en；默认按配置，其次按系统语言"),
    ("*", "color", "何时用颜色：auto（默认）、always、never"),
    ("*", "config", "配置文件；默认用当前或上级文件夹里的 dianjian.yaml"),
    ("*", "no_config", "不读配置文件"),
    ("*", "packs", "规则文件夹，加在自带规则之上；可重复"),
    ("*", "mapping", "读取其他格式的映射；可重复"),
    ("*", "table", "给表补充的行；可重复"),
    ("*", "param", "规则参数，例如 limits/weixin-stores.limit=20；可重复"),
    ("*", "only", "只用这些规则：id 或匹配式，例如 'naming/*'；可重复"),
    ("*", "skip", "不用这些规则：id 或匹配式；可重复"),
    ("*", "as_of", "按哪一天的规则检查；默认今天（上海时间）"),
    ("*", "paths", "文件、文件夹、匹配式（例如 'shops/**/*.yaml'），或 - 表示标准输入 [默认：.]"),
    ("*", "stdin_name", "标准输入叫什么名字，扩展名决定格式"),
    ("*", "no_ignore", "也检查 .gitignore 排除的文件"),
    ("*", "system", "导出数据没有说明体系的店铺按哪个算：mini-store、channels-store、weixin-store、mini-program-mall"),
    ("*", "threads", "线程数；默认与处理器核数相同"),
    ("*", "fail_on", "达到这个级别的问题使退出状态为 1：error（默认）、warning、info、never"),
    ("check", "format", REPORT_FORMATS),
    ("*", "output", "另外输出到文件，例如 sarif=report.sarif；可重复"),
    ("*", "quiet", "标准输出不打印任何内容"),
    ("check", "annotate", "把找到的码框出来，另存图片（视频取最清楚的一帧）到这个文件夹，不要用素材文件夹"),
    ("check", "no_cache", "重新看每张图片和视频，看到的也不留给下次"),
    ("check", "no_pictures", "终端能显示图片也不显示"),
    ("check", "fix", "自动修复：safe（默认，只修有把握的）或 unsafe（也修需要核对的）"),
    ("check", "diff", "只显示 --fix 会改什么，不改文件"),
    ("check", "shard", "只检查 N 份里的第 I 份，写出分片结果，之后用 dianjian merge 合并"),
    ("check", "partial", "分片结果写到哪里 [默认：dianjian-I-of-N.partial]"),
    ("*", "memory", "跨记录规则最多占多少 MiB 内存，超出的存到临时文件 [默认：96]"),
    ("merge", "partials", "所有各份的分片结果，顺序不限"),
    ("merge", "format", REPORT_FORMATS),
    ("*", "baseline", "基线文件：其中的已知问题不计；默认按配置"),
    ("baseline create", "force", "已有基线时重写，与 check --accept 相同"),
    ("*", "update_baseline", "从基线里去掉已不再出现的；从不增加"),
    ("*", "accept", "重写基线：现有问题都算已知"),
    ("*", "rules", "只看这些规则：id 或匹配式，例如 'naming/*'"),
    ("rules test", "verbose", "例子都成立的规则也列出来"),
    (
        "rules schema",
        "file",
        "哪种文件：rule（默认）、table、kind、mapping、config、baseline、report、migration、task、decisions、plan",
    ),
    ("rules timeline", "from", "只看这一天及以后"),
    ("rules new", "id", "规则 id：组和名称，例如 naming/our-words"),
    ("rules new", "into", "规则包的文件夹；默认用配置里的第一个，否则 ./rules"),
    ("explain", "id", "规则（naming/length）、记录（Shop）、字段（Shop.name）或表（deposits）"),
    ("import", "output", "写到哪个文件夹：每家店一个文件，直播间另放旁边"),
    ("*", "force", "已有的文件也覆盖"),
    ("tables import", "output", "写到哪个文件夹；只有一张表时也可以是文件"),
    ("tables import", "from", "从哪一天起有效；默认今天（上海时间）"),
    ("audit", "format", "形式：text（默认）或 json"),
    ("forecast", "until", "看到哪一天；默认一年"),
    ("migrate plan", "output", "计划写到哪里 [默认：plan.json]"),
    ("migrate plan", "cutover", "割接日，结果按这一天的规则检查；默认是计划日"),
    ("migrate plan", "decisions", "已经定下的事：名称、暂不迁移的店、保留的店、选项"),
    ("migrate plan", "per_day", "一天最多迁移几家"),
    ("migrate show", "format", "形式：text（默认）、markdown、csv、ics、html"),
    ("migrate show", "output", "写到文件，不打印"),
    ("migrate show", "shop", "只看这些店铺；可重复"),
    ("*", "plan", "计划文件，由 migrate plan 生成"),
    ("*", "root", "计划里的路径从哪个文件夹开始；默认按计划所写"),
    ("migrate apply", "only", "只处理这些店铺；@FILE 表示文件里列出的店铺，一行一个；可重复"),
    ("migrate rollback", "shop", "只撤销这些店铺；@FILE 表示文件里列出的店铺，一行一个；可重复"),
    ("*", "dry_run", "只说会做什么，什么都不写"),
    ("migrate apply", "diff", "只显示会改什么，什么都不写"),
    ("migrate resume", "diff", "只显示会改什么，什么都不写"),
    ("migrate rollback", "diff", "只显示会改回什么，什么都不写"),
    ("*", "keep_going", "有文件与计划不符时，其余的照做"),
    ("*", "all", "列出每一家店铺"),
    ("*", "format", "输出格式：human（默认）或 json"),
    ("completions", "shell", "哪种 shell：bash、zsh、fish、powershell、elvish"),
];

/// Words of clap's own.
const WORDS: &[(&str, &str)] = &[
    ("Usage: ", "用法："),
    ("\nArguments:\n", "\n参数：\n"),
    ("\nOptions:\n", "\n选项：\n"),
    ("\nCommands:\n", "\n命令：\n"),
    ("\nInput:\n", "\n输入：\n"),
    ("\nOutput:\n", "\n输出：\n"),
    ("\nPictures:\n", "\n图片：\n"),
    ("\nFixes:\n", "\n修复：\n"),
    ("\nBaseline:\n", "\n基线：\n"),
    ("\nShares:\n", "\n分片：\n"),
    ("\nRules:\n", "\n规则：\n"),
    ("\nDisplay:\n", "\n显示：\n"),
    ("Print this message or the help of the given subcommand(s)", "显示帮助"),
    ("Print help", "显示帮助"),
    ("Print version", "显示版本"),
    ("[OPTIONS]", "[选项]"),
    ("<COMMAND>", "<命令>"),
    ("[default: ", "[默认："),
];

const EXIT_STATUS: &str = "\
退出状态：
  0  没有达到 --fail-on 的问题
  1  有达到 --fail-on（默认 error）的问题
  2  结果不可信：用法错误、规则或配置有误、输入无法读取
  3  没有可检查的内容
  130  被中断";

/// The command line with its texts in a language.
#[must_use]
pub fn localized(command: Command, lang: Lang) -> Command {
    match lang {
        Lang::En => command,
        Lang::Zh => chinese(command, "").after_help(EXIT_STATUS),
    }
}

fn chinese(command: Command, path: &str) -> Command {
    let about = COMMANDS.iter().find(|(known, _)| *known == path).map(|(_, about)| *about);
    let command = command
        .mut_args(|arg| match argument(path, arg.get_id().as_str()) {
            Some(help) if arg.get_action().takes_values() => {
                arg.help(help).hide_possible_values(true).hide_default_value(true)
            }
            Some(help) => arg.help(help),
            None => arg,
        })
        .mut_subcommands(|below| {
            let path =
                if path.is_empty() { below.get_name().to_owned() } else { format!("{path} {}", below.get_name()) };
            chinese(below, &path)
        });
    match about {
        Some(about) => command.about(about),
        None => command,
    }
}

fn argument(path: &str, id: &str) -> Option<&'static str> {
    let of = |wanted: &str| {
        ARGUMENTS.iter().find(|(command, known, _)| *command == wanted && *known == id).map(|(_, _, help)| *help)
    };
    of(path).or_else(|| of("*"))
}

/// A help text with clap's own words in a language.
#[must_use]
pub fn own_words(text: &str, lang: Lang) -> String {
    match lang {
        Lang::En => text.to_owned(),
        Lang::Zh => WORDS.iter().fold(text.to_owned(), |text, (en, zh)| text.replace(en, zh)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(command: &Command, path: &str, missing: &mut Vec<String>) {
        if !COMMANDS.iter().any(|(known, _)| *known == path) {
            missing.push(format!("`{path}`"));
        }
        for arg in command.get_arguments() {
            if argument(path, arg.get_id().as_str()).is_none() {
                missing.push(format!("`{path}` {}", arg.get_id()));
            }
        }
        for below in command.get_subcommands() {
            walk(below, format!("{path} {}", below.get_name()).trim(), missing);
        }
    }

    #[test]
    fn everything_is_said_in_chinese() {
        let mut missing = Vec::new();
        walk(&super::super::command(), "", &mut missing);
        assert!(missing.is_empty(), "{missing:?}");
    }
}
