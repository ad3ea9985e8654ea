
use builtin;
use str;

set edit:completion:arg-completer[dianjian] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'dianjian'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'dianjian'= {
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand check 'Check shop files, live rooms, and scripts, pictures and videos given by themselves'
            cand merge 'Merge the partial results of all shards of a check into one report'
            cand rules 'Test, list, lint and create rules'
            cand explain 'Explain a rule, record kind, field or table'
            cand import 'Convert platform exports and tables to native files'
            cand tables 'Build tables from the platform''s category and deposit data'
            cand template 'Write an empty table with all accepted headings, for filling in'
            cand inventory 'Show every SKU over all shops and platforms: stock, price, state, and what is wrong'
            cand audit 'Compare the platform''s rejections with what the rules report'
            cand forecast 'Show which findings will appear or go away, and when'
            cand migrate 'Plan, apply, undo and verify migrations to Weixin Store'
            cand baseline 'Manage the baseline of known findings'
            cand serve 'Open the workbench, a page in the browser that checks and migrates without a terminal'
            cand lsp 'Serve an editor over standard input and output (LSP); editors start it themselves'
            cand ocr 'Add what reads text in pictures and videos'
            cand doctor 'Check that rules, ffmpeg and the cache are in place'
            cand completions 'Print a completion script for a shell'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'dianjian;check'= {
            cand --stdin-name 'Name of standard input in reports; its extension sets the format'
            cand --system 'System to assume for shops whose exports do not name it'
            cand --threads 'Number of worker threads [default: number of cores]'
            cand --as 'What pictures and videos among the paths are material of, those in folders too [default: live, in folders without tables or records]'
            cand --as-of 'Apply the rules in force on this date [default: today in Asia/Shanghai]'
            cand --fail-on 'Lowest severity that makes the exit status 1 [default: error]'
            cand --format 'Format of the report on standard output [default: pretty]'
            cand -o 'Write a further report to a file, e.g. sarif=report.sarif (repeatable)'
            cand --output 'Write a further report to a file, e.g. sarif=report.sarif (repeatable)'
            cand --min-severity 'Do not list findings below this severity; they are counted, and do not affect the exit status'
            cand --min-confidence 'Do not list findings of rules whose evidence is weaker; they are counted, and do not affect the exit status'
            cand --changed-since 'Read everything, list only findings in files that changed since this commit or branch, untracked ones too'
            cand --report-only 'Read everything, list only findings in these files or folders (repeatable)'
            cand --annotate 'Write copies of pictures and of the best video frames, with boxes around the codes found; not into a folder of assets'
            cand --ocr 'Read text in pictures with the models in this folder, or with the small ones in the program (`builtin`) [default: DIANJIAN_OCR, else what `dianjian ocr add` added, else `builtin`]'
            cand --fix 'Fix files in place; without a value, apply safe fixes only'
            cand --shard 'Check shard I of N only and write a partial result for `dianjian merge`'
            cand --partial 'Where to write the partial result [default: dianjian-I-of-N.partial]'
            cand --memory 'MiB of memory for cross-record rules; the rest goes to temporary files [default: 96]'
            cand --baseline 'File of known findings, which are not reported [default: from the configuration]'
            cand --only 'Apply only these rules, by id or by pattern such as ''naming/*'' (repeatable)'
            cand --skip 'Skip these rules, by id or by pattern (repeatable)'
            cand --config 'Configuration file [default: dianjian.yaml in this folder or one above]'
            cand --rules 'Folder of rules to add to the built-in ones (repeatable)'
            cand --mapping 'Mapping for files of another layout (repeatable)'
            cand --table 'File of rows to add to a table (repeatable)'
            cand --param 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --no-ignore 'Include files that .gitignore excludes'
            cand --force-exclude 'Treat named files as those in folders: obey ignore:, pass over what holds no records (for hooks that name every file)'
            cand -q 'Print nothing to standard output'
            cand --quiet 'Print nothing to standard output'
            cand --no-fold 'List every finding; by default pretty folds like ones into one block with a few places'
            cand --statistics 'Print counts by rule instead of findings (pretty, short); json has them in its summary'
            cand --list-files 'List every input with what became of it and why (checked, passed over, not understood, unreadable); the list takes the place of the report unless --format asks for one, and then goes to standard error. Files that are not meant to be checked go under `ignore:` in dianjian.yaml'
            cand --no-cache 'Scan every picture and video again, without reading or writing the cache'
            cand --no-pictures 'Show no thumbnails, even on a terminal that supports them'
            cand --no-ocr 'Do not read text in pictures and videos; codes are still looked for'
            cand --diff 'Print what --fix would change; change nothing'
            cand --update-baseline 'Drop findings that no longer occur from the baseline; never add any'
            cand --accept 'Rewrite the baseline with all current findings'
            cand --no-config 'Ignore the configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;merge'= {
            cand --threads 'Number of worker threads [default: number of cores]'
            cand --fail-on 'Lowest severity that makes the exit status 1 [default: error]'
            cand --memory 'MiB of memory for cross-record rules; the rest goes to temporary files [default: 96]'
            cand --format 'Format of the report on standard output [default: pretty]'
            cand -o 'Write a further report to a file, e.g. sarif=report.sarif (repeatable)'
            cand --output 'Write a further report to a file, e.g. sarif=report.sarif (repeatable)'
            cand --min-severity 'Do not list findings below this severity; they are counted, and do not affect the exit status'
            cand --min-confidence 'Do not list findings of rules whose evidence is weaker; they are counted, and do not affect the exit status'
            cand --changed-since 'Read everything, list only findings in files that changed since this commit or branch, untracked ones too'
            cand --report-only 'Read everything, list only findings in these files or folders (repeatable)'
            cand --baseline 'File of known findings, which are not reported [default: from the configuration]'
            cand --config 'Configuration file [default: dianjian.yaml in this folder or one above]'
            cand --rules 'Folder of rules to add to the built-in ones (repeatable)'
            cand --mapping 'Mapping for files of another layout (repeatable)'
            cand --table 'File of rows to add to a table (repeatable)'
            cand --param 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand -q 'Print nothing to standard output'
            cand --quiet 'Print nothing to standard output'
            cand --no-fold 'List every finding; by default pretty folds like ones into one block with a few places'
            cand --statistics 'Print counts by rule instead of findings (pretty, short); json has them in its summary'
            cand --list-files 'List every input with what became of it and why (checked, passed over, not understood, unreadable); the list takes the place of the report unless --format asks for one, and then goes to standard error. Files that are not meant to be checked go under `ignore:` in dianjian.yaml'
            cand --update-baseline 'Drop findings that no longer occur from the baseline; never add any'
            cand --accept 'Rewrite the baseline with all current findings'
            cand --no-config 'Ignore the configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;rules'= {
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand test 'Run the examples of every rule'
            cand evaluate 'Measure what rules find and miss in labelled texts'
            cand list 'List the rules'
            cand lint 'Check rule files for mistakes and missing parts'
            cand schema 'Print the JSON Schema of a file, for editors'
            cand timeline 'Show when rules and table rows come into force and end'
            cand new 'Create a rule file with comments'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'dianjian;rules;test'= {
            cand --config 'Configuration file [default: dianjian.yaml in this folder or one above]'
            cand --rules 'Folder of rules to add to the built-in ones (repeatable)'
            cand --mapping 'Mapping for files of another layout (repeatable)'
            cand --table 'File of rows to add to a table (repeatable)'
            cand --param 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand -v 'Also list the rules whose examples hold'
            cand --verbose 'Also list the rules whose examples hold'
            cand --no-config 'Ignore the configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;rules;evaluate'= {
            cand --floor 'File of measures with their floors and ceilings; below a floor the exit status is 1'
            cand --as-of 'Apply the rules in force on this date [default: today in Asia/Shanghai]'
            cand --config 'Configuration file [default: dianjian.yaml in this folder or one above]'
            cand --rules 'Folder of rules to add to the built-in ones (repeatable)'
            cand --mapping 'Mapping for files of another layout (repeatable)'
            cand --table 'File of rows to add to a table (repeatable)'
            cand --param 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)'
            cand --format 'Output format'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --no-config 'Ignore the configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;rules;list'= {
            cand --as-of 'Apply the rules in force on this date [default: today in Asia/Shanghai]'
            cand --config 'Configuration file [default: dianjian.yaml in this folder or one above]'
            cand --rules 'Folder of rules to add to the built-in ones (repeatable)'
            cand --mapping 'Mapping for files of another layout (repeatable)'
            cand --table 'File of rows to add to a table (repeatable)'
            cand --param 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)'
            cand --format 'Output format'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --no-config 'Ignore the configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;rules;lint'= {
            cand --config 'Configuration file [default: dianjian.yaml in this folder or one above]'
            cand --rules 'Folder of rules to add to the built-in ones (repeatable)'
            cand --mapping 'Mapping for files of another layout (repeatable)'
            cand --table 'File of rows to add to a table (repeatable)'
            cand --param 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --no-config 'Ignore the configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;rules;schema'= {
            cand --config 'Configuration file [default: dianjian.yaml in this folder or one above]'
            cand --rules 'Folder of rules to add to the built-in ones (repeatable)'
            cand --mapping 'Mapping for files of another layout (repeatable)'
            cand --table 'File of rows to add to a table (repeatable)'
            cand --param 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --no-config 'Ignore the configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;rules;timeline'= {
            cand --from 'Only changes on or after this date'
            cand --as-of 'Apply the rules in force on this date [default: today in Asia/Shanghai]'
            cand --config 'Configuration file [default: dianjian.yaml in this folder or one above]'
            cand --rules 'Folder of rules to add to the built-in ones (repeatable)'
            cand --mapping 'Mapping for files of another layout (repeatable)'
            cand --table 'File of rows to add to a table (repeatable)'
            cand --param 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)'
            cand --format 'Output format'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --no-config 'Ignore the configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;rules;new'= {
            cand --into 'Folder of the rule pack [default: the first one in the configuration, else ./rules]'
            cand --config 'Configuration file [default: dianjian.yaml in this folder or one above]'
            cand --rules 'Folder of rules to add to the built-in ones (repeatable)'
            cand --mapping 'Mapping for files of another layout (repeatable)'
            cand --table 'File of rows to add to a table (repeatable)'
            cand --param 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --no-config 'Ignore the configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;rules;help'= {
            cand test 'Run the examples of every rule'
            cand evaluate 'Measure what rules find and miss in labelled texts'
            cand list 'List the rules'
            cand lint 'Check rule files for mistakes and missing parts'
            cand schema 'Print the JSON Schema of a file, for editors'
            cand timeline 'Show when rules and table rows come into force and end'
            cand new 'Create a rule file with comments'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'dianjian;rules;help;test'= {
        }
        &'dianjian;rules;help;evaluate'= {
        }
        &'dianjian;rules;help;list'= {
        }
        &'dianjian;rules;help;lint'= {
        }
        &'dianjian;rules;help;schema'= {
        }
        &'dianjian;rules;help;timeline'= {
        }
        &'dianjian;rules;help;new'= {
        }
        &'dianjian;rules;help;help'= {
        }
        &'dianjian;explain'= {
            cand --as-of 'Apply the rules in force on this date [default: today in Asia/Shanghai]'
            cand --config 'Configuration file [default: dianjian.yaml in this folder or one above]'
            cand --rules 'Folder of rules to add to the built-in ones (repeatable)'
            cand --mapping 'Mapping for files of another layout (repeatable)'
            cand --table 'File of rows to add to a table (repeatable)'
            cand --param 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --no-config 'Ignore the configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;import'= {
            cand --stdin-name 'Name of standard input in reports; its extension sets the format'
            cand --system 'System to assume for shops whose exports do not name it'
            cand --threads 'Number of worker threads [default: number of cores]'
            cand -o 'Folder to write to, one file per shop with its live rooms beside it'
            cand --output 'Folder to write to, one file per shop with its live rooms beside it'
            cand --config 'Configuration file [default: dianjian.yaml in this folder or one above]'
            cand --rules 'Folder of rules to add to the built-in ones (repeatable)'
            cand --mapping 'Mapping for files of another layout (repeatable)'
            cand --table 'File of rows to add to a table (repeatable)'
            cand --param 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --no-ignore 'Include files that .gitignore excludes'
            cand --force-exclude 'Treat named files as those in folders: obey ignore:, pass over what holds no records (for hooks that name every file)'
            cand --force 'Overwrite existing files'
            cand --no-config 'Ignore the configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;tables'= {
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand import 'Convert category and deposit API responses to dated tables for the rules'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'dianjian;tables;import'= {
            cand --stdin-name 'Name of standard input in reports; its extension sets the format'
            cand --system 'System to assume for shops whose exports do not name it'
            cand --threads 'Number of worker threads [default: number of cores]'
            cand -o 'Folder to write to, or a file if there is only one table'
            cand --output 'Folder to write to, or a file if there is only one table'
            cand --from 'Date from which the rows hold [default: today in Asia/Shanghai]'
            cand --config 'Configuration file [default: dianjian.yaml in this folder or one above]'
            cand --rules 'Folder of rules to add to the built-in ones (repeatable)'
            cand --mapping 'Mapping for files of another layout (repeatable)'
            cand --table 'File of rows to add to a table (repeatable)'
            cand --param 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --no-ignore 'Include files that .gitignore excludes'
            cand --force-exclude 'Treat named files as those in folders: obey ignore:, pass over what holds no records (for hooks that name every file)'
            cand --force 'Overwrite existing files'
            cand --no-config 'Ignore the configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;tables;help'= {
            cand import 'Convert category and deposit API responses to dated tables for the rules'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'dianjian;tables;help;import'= {
        }
        &'dianjian;tables;help;help'= {
        }
        &'dianjian;template'= {
            cand --kind 'What the table is of: Shop, Product, LiveRoom, Brand, Licence, or a Chinese title [default: by the file''s name]'
            cand --config 'Configuration file [default: dianjian.yaml in this folder or one above]'
            cand --rules 'Folder of rules to add to the built-in ones (repeatable)'
            cand --mapping 'Mapping for files of another layout (repeatable)'
            cand --table 'File of rows to add to a table (repeatable)'
            cand --param 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --force 'Overwrite existing files'
            cand --no-config 'Ignore the configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;inventory'= {
            cand --stdin-name 'Name of standard input in reports; its extension sets the format'
            cand --system 'System to assume for shops whose exports do not name it'
            cand --threads 'Number of worker threads [default: number of cores]'
            cand --as-of 'Apply the rules in force on this date [default: today in Asia/Shanghai]'
            cand --by 'Field by which listings are the same goods: sku (the merchant''s code), barcode, or any field of products'
            cand --shop 'Show the columns of this shop, by id or name (repeatable)'
            cand --platform 'Show the columns of this platform, e.g. douyin (repeatable)'
            cand --fail-on 'Lowest severity that makes the exit status 1 [default: error]'
            cand --format 'Format [default: by the name of the file, else text]'
            cand -o 'Write the table to a file'
            cand --output 'Write the table to a file'
            cand --memory 'MiB of memory for cross-record rules; the rest goes to temporary files [default: 96]'
            cand --only 'Apply only these rules, by id or by pattern such as ''naming/*'' (repeatable)'
            cand --skip 'Skip these rules, by id or by pattern (repeatable)'
            cand --config 'Configuration file [default: dianjian.yaml in this folder or one above]'
            cand --rules 'Folder of rules to add to the built-in ones (repeatable)'
            cand --mapping 'Mapping for files of another layout (repeatable)'
            cand --table 'File of rows to add to a table (repeatable)'
            cand --param 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --no-ignore 'Include files that .gitignore excludes'
            cand --force-exclude 'Treat named files as those in folders: obey ignore:, pass over what holds no records (for hooks that name every file)'
            cand --only-differences 'Show only SKUs with something wrong'
            cand --no-config 'Ignore the configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;audit'= {
            cand --stdin-name 'Name of standard input in reports; its extension sets the format'
            cand --system 'System to assume for shops whose exports do not name it'
            cand --threads 'Number of worker threads [default: number of cores]'
            cand --format 'Output format'
            cand --only 'Apply only these rules, by id or by pattern such as ''naming/*'' (repeatable)'
            cand --skip 'Skip these rules, by id or by pattern (repeatable)'
            cand --config 'Configuration file [default: dianjian.yaml in this folder or one above]'
            cand --rules 'Folder of rules to add to the built-in ones (repeatable)'
            cand --mapping 'Mapping for files of another layout (repeatable)'
            cand --table 'File of rows to add to a table (repeatable)'
            cand --param 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --no-ignore 'Include files that .gitignore excludes'
            cand --force-exclude 'Treat named files as those in folders: obey ignore:, pass over what holds no records (for hooks that name every file)'
            cand --no-config 'Ignore the configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;forecast'= {
            cand --stdin-name 'Name of standard input in reports; its extension sets the format'
            cand --system 'System to assume for shops whose exports do not name it'
            cand --threads 'Number of worker threads [default: number of cores]'
            cand --as-of 'Apply the rules in force on this date [default: today in Asia/Shanghai]'
            cand --until 'Last date to look ahead to [default: in a year]'
            cand --only 'Apply only these rules, by id or by pattern such as ''naming/*'' (repeatable)'
            cand --skip 'Skip these rules, by id or by pattern (repeatable)'
            cand --config 'Configuration file [default: dianjian.yaml in this folder or one above]'
            cand --rules 'Folder of rules to add to the built-in ones (repeatable)'
            cand --mapping 'Mapping for files of another layout (repeatable)'
            cand --table 'File of rows to add to a table (repeatable)'
            cand --param 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)'
            cand --format 'Output format'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --no-ignore 'Include files that .gitignore excludes'
            cand --force-exclude 'Treat named files as those in folders: obey ignore:, pass over what holds no records (for hooks that name every file)'
            cand --no-config 'Ignore the configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;migrate'= {
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand plan 'Plan the migration of a fleet of shops'
            cand show 'Show a plan as text, Markdown, CSV, workbook, calendar or web page'
            cand apply 'Apply a plan''s edits to the files'
            cand status 'Show how far a plan has been applied'
            cand resume 'Resume a run that was stopped, cut off or failed'
            cand rollback 'Undo a plan''s edits and restore the exact bytes of the files'
            cand verify 'Check the files as of the cut-over date and compare the result with the plan'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'dianjian;migrate;plan'= {
            cand --stdin-name 'Name of standard input in reports; its extension sets the format'
            cand --system 'System to assume for shops whose exports do not name it'
            cand --threads 'Number of worker threads [default: number of cores]'
            cand -o 'Where to write the plan'
            cand --output 'Where to write the plan'
            cand --as-of 'Apply the rules in force on this date [default: today in Asia/Shanghai]'
            cand --cutover 'Cut-over date, whose rules the result must pass [default: date of the plan]'
            cand --decisions 'File of decisions: names, shops to leave out, shops to keep, options; its form is below'
            cand --write-decisions 'Write a decisions file to fill in: every open choice with its candidates, as comments'
            cand --per-day 'Most shops to migrate in a day'
            cand --config 'Configuration file [default: dianjian.yaml in this folder or one above]'
            cand --rules 'Folder of rules to add to the built-in ones (repeatable)'
            cand --mapping 'Mapping for files of another layout (repeatable)'
            cand --table 'File of rows to add to a table (repeatable)'
            cand --param 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --no-ignore 'Include files that .gitignore excludes'
            cand --force-exclude 'Treat named files as those in folders: obey ignore:, pass over what holds no records (for hooks that name every file)'
            cand --no-config 'Ignore the configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;migrate;show'= {
            cand --root 'Folder that the plan''s paths start from [default: as recorded in the plan]'
            cand --format 'Output format'
            cand -o 'Write to a file instead of standard output'
            cand --output 'Write to a file instead of standard output'
            cand --shop 'Show only these shops, by key (repeatable)'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --all 'Show every shop and every task, not only the summary and the calendar'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;migrate;apply'= {
            cand --root 'Folder that the plan''s paths start from [default: as recorded in the plan]'
            cand --only 'Apply only these shops, by key; @FILE reads keys from a file, one per line (repeatable)'
            cand --format 'Output format'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --keep-going 'Go on with the other files when some do not match the plan'
            cand --dry-run 'Report what would be done; write nothing'
            cand --diff 'Print what would change; write nothing'
            cand --all 'List every shop'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;migrate;status'= {
            cand --root 'Folder that the plan''s paths start from [default: as recorded in the plan]'
            cand --format 'Output format'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --all 'List every shop'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;migrate;resume'= {
            cand --root 'Folder that the plan''s paths start from [default: as recorded in the plan]'
            cand --format 'Output format'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --dry-run 'Report what would be done; write nothing'
            cand --diff 'Print what would change; write nothing'
            cand --all 'List every shop'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;migrate;rollback'= {
            cand --root 'Folder that the plan''s paths start from [default: as recorded in the plan]'
            cand --shop 'Undo only these shops, by key; @FILE reads keys from a file, one per line (repeatable)'
            cand --format 'Output format'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --dry-run 'Report what would be done; write nothing'
            cand --diff 'Print what would change back; write nothing'
            cand --all 'List every shop'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;migrate;verify'= {
            cand --root 'Folder that the plan''s paths start from [default: as recorded in the plan]'
            cand --threads 'Number of worker threads [default: number of cores]'
            cand --format 'Output format'
            cand --config 'Configuration file [default: dianjian.yaml in this folder or one above]'
            cand --rules 'Folder of rules to add to the built-in ones (repeatable)'
            cand --mapping 'Mapping for files of another layout (repeatable)'
            cand --table 'File of rows to add to a table (repeatable)'
            cand --param 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --all 'List every shop'
            cand --no-config 'Ignore the configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;migrate;help'= {
            cand plan 'Plan the migration of a fleet of shops'
            cand show 'Show a plan as text, Markdown, CSV, workbook, calendar or web page'
            cand apply 'Apply a plan''s edits to the files'
            cand status 'Show how far a plan has been applied'
            cand resume 'Resume a run that was stopped, cut off or failed'
            cand rollback 'Undo a plan''s edits and restore the exact bytes of the files'
            cand verify 'Check the files as of the cut-over date and compare the result with the plan'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'dianjian;migrate;help;plan'= {
        }
        &'dianjian;migrate;help;show'= {
        }
        &'dianjian;migrate;help;apply'= {
        }
        &'dianjian;migrate;help;status'= {
        }
        &'dianjian;migrate;help;resume'= {
        }
        &'dianjian;migrate;help;rollback'= {
        }
        &'dianjian;migrate;help;verify'= {
        }
        &'dianjian;migrate;help;help'= {
        }
        &'dianjian;baseline'= {
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand create 'Record all current findings in a new baseline'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'dianjian;baseline;create'= {
            cand --stdin-name 'Name of standard input in reports; its extension sets the format'
            cand --system 'System to assume for shops whose exports do not name it'
            cand --threads 'Number of worker threads [default: number of cores]'
            cand --baseline 'File to write [default: from the configuration, else dianjian-baseline.json]'
            cand --as-of 'Apply the rules in force on this date [default: today in Asia/Shanghai]'
            cand --only 'Apply only these rules, by id or by pattern such as ''naming/*'' (repeatable)'
            cand --skip 'Skip these rules, by id or by pattern (repeatable)'
            cand --config 'Configuration file [default: dianjian.yaml in this folder or one above]'
            cand --rules 'Folder of rules to add to the built-in ones (repeatable)'
            cand --mapping 'Mapping for files of another layout (repeatable)'
            cand --table 'File of rows to add to a table (repeatable)'
            cand --param 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --no-ignore 'Include files that .gitignore excludes'
            cand --force-exclude 'Treat named files as those in folders: obey ignore:, pass over what holds no records (for hooks that name every file)'
            cand --force 'Overwrite an existing baseline, as `check --accept` does'
            cand --no-config 'Ignore the configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;baseline;help'= {
            cand create 'Record all current findings in a new baseline'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'dianjian;baseline;help;create'= {
        }
        &'dianjian;baseline;help;help'= {
        }
        &'dianjian;serve'= {
            cand --state 'Folder for projects and their history [default: that of the user''s data]'
            cand --port 'Port to listen on [default: any free one]'
            cand --listen 'Address to listen on [default: 127.0.0.1, this machine alone]'
            cand --host 'Further host name under which it is reached, with the port as browsers send it (repeatable)'
            cand --tokens 'File with tokens of programs that use the interface, one per line'
            cand --as-of 'Apply the rules in force on this date [default: today in Asia/Shanghai]'
            cand --config 'Configuration file [default: dianjian.yaml in this folder or one above]'
            cand --rules 'Folder of rules to add to the built-in ones (repeatable)'
            cand --mapping 'Mapping for files of another layout (repeatable)'
            cand --table 'File of rows to add to a table (repeatable)'
            cand --param 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --no-open 'Do not open a browser'
            cand --readonly 'Change nothing on disk'
            cand --no-config 'Ignore the configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;lsp'= {
            cand --as-of 'Apply the rules in force on this date [default: today in Asia/Shanghai]'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --stdio 'Speak over standard input and output, as it always does'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;ocr'= {
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand add 'Copy the models out of the Python package rapidocr, or out of a folder, and verify them'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'dianjian;ocr;add'= {
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;ocr;help'= {
            cand add 'Copy the models out of the Python package rapidocr, or out of a folder, and verify them'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'dianjian;ocr;help;add'= {
        }
        &'dianjian;ocr;help;help'= {
        }
        &'dianjian;doctor'= {
            cand --config 'Configuration file [default: dianjian.yaml in this folder or one above]'
            cand --rules 'Folder of rules to add to the built-in ones (repeatable)'
            cand --mapping 'Mapping for files of another layout (repeatable)'
            cand --table 'File of rows to add to a table (repeatable)'
            cand --param 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)'
            cand --format 'Output format'
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand --no-config 'Ignore the configuration file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;completions'= {
            cand --lang 'Language of messages, zh or en [default: from the configuration, else the locale]'
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dianjian;help'= {
            cand check 'Check shop files, live rooms, and scripts, pictures and videos given by themselves'
            cand merge 'Merge the partial results of all shards of a check into one report'
            cand rules 'Test, list, lint and create rules'
            cand explain 'Explain a rule, record kind, field or table'
            cand import 'Convert platform exports and tables to native files'
            cand tables 'Build tables from the platform''s category and deposit data'
            cand template 'Write an empty table with all accepted headings, for filling in'
            cand inventory 'Show every SKU over all shops and platforms: stock, price, state, and what is wrong'
            cand audit 'Compare the platform''s rejections with what the rules report'
            cand forecast 'Show which findings will appear or go away, and when'
            cand migrate 'Plan, apply, undo and verify migrations to Weixin Store'
            cand baseline 'Manage the baseline of known findings'
            cand serve 'Open the workbench, a page in the browser that checks and migrates without a terminal'
            cand lsp 'Serve an editor over standard input and output (LSP); editors start it themselves'
            cand ocr 'Add what reads text in pictures and videos'
            cand doctor 'Check that rules, ffmpeg and the cache are in place'
            cand completions 'Print a completion script for a shell'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'dianjian;help;check'= {
        }
        &'dianjian;help;merge'= {
        }
        &'dianjian;help;rules'= {
            cand test 'Run the examples of every rule'
            cand evaluate 'Measure what rules find and miss in labelled texts'
            cand list 'List the rules'
            cand lint 'Check rule files for mistakes and missing parts'
            cand schema 'Print the JSON Schema of a file, for editors'
            cand timeline 'Show when rules and table rows come into force and end'
            cand new 'Create a rule file with comments'
        }
        &'dianjian;help;rules;test'= {
        }
        &'dianjian;help;rules;evaluate'= {
        }
        &'dianjian;help;rules;list'= {
        }
        &'dianjian;help;rules;lint'= {
        }
        &'dianjian;help;rules;schema'= {
        }
        &'dianjian;help;rules;timeline'= {
        }
        &'dianjian;help;rules;new'= {
        }
        &'dianjian;help;explain'= {
        }
        &'dianjian;help;import'= {
        }
        &'dianjian;help;tables'= {
            cand import 'Convert category and deposit API responses to dated tables for the rules'
        }
        &'dianjian;help;tables;import'= {
        }
        &'dianjian;help;template'= {
        }
        &'dianjian;help;inventory'= {
        }
        &'dianjian;help;audit'= {
        }
        &'dianjian;help;forecast'= {
        }
        &'dianjian;help;migrate'= {
            cand plan 'Plan the migration of a fleet of shops'
            cand show 'Show a plan as text, Markdown, CSV, workbook, calendar or web page'
            cand apply 'Apply a plan''s edits to the files'
            cand status 'Show how far a plan has been applied'
            cand resume 'Resume a run that was stopped, cut off or failed'
            cand rollback 'Undo a plan''s edits and restore the exact bytes of the files'
            cand verify 'Check the files as of the cut-over date and compare the result with the plan'
        }
        &'dianjian;help;migrate;plan'= {
        }
        &'dianjian;help;migrate;show'= {
        }
        &'dianjian;help;migrate;apply'= {
        }
        &'dianjian;help;migrate;status'= {
        }
        &'dianjian;help;migrate;resume'= {
        }
        &'dianjian;help;migrate;rollback'= {
        }
        &'dianjian;help;migrate;verify'= {
        }
        &'dianjian;help;baseline'= {
            cand create 'Record all current findings in a new baseline'
        }
        &'dianjian;help;baseline;create'= {
        }
        &'dianjian;help;serve'= {
        }
        &'dianjian;help;lsp'= {
        }
        &'dianjian;help;ocr'= {
            cand add 'Copy the models out of the Python package rapidocr, or out of a folder, and verify them'
        }
        &'dianjian;help;ocr;add'= {
        }
        &'dianjian;help;doctor'= {
        }
        &'dianjian;help;completions'= {
        }
        &'dianjian;help;help'= {
        }
    ]
    $completions[$command]
}
