//! `dianjian migrate apply`, `resume`, `rollback` and `status`, run as the built binary, on good days and bad.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use dianjian_migrate::apply::{
    JOURNAL, LockHolder, Operation, PlanContext, RunHistory, RunLock, RunRequest, ShopResult, open_plan,
};
use dianjian_migrate::plan::Plan;

use crate::fleet::{Fleet, ShopEdits};

/// Three shops in two files: YAML with all that must stay, and NDJSON with CRLF.
fn small() -> Fleet {
    let mut fleet = Fleet::new();
    let yaml =
        "\u{feff}# 云山\r\nkind: Shop\r\nid: yunshan   # 编号\r\nsystem: channels-store\r\nname: &n '云山旗舰店'\r\n";
    fleet.file(
        "shops/云山.yaml",
        yaml,
        &[ShopEdits::new("yunshan", &[("channels-store", "weixin-store"), ("旗舰店", "")])],
    );
    let lines = "{\"id\":\"a\",\"name\":\"青禾专卖店\"}\r\n\r\n{\"id\":\"b\",\"name\":\"雾里专营店\"}";
    fleet.file(
        "all.ndjson",
        lines,
        &[
            ShopEdits::new("a", &[("专卖店", "")]),
            ShopEdits::new("b", &[("专营店", "茶"), ("{\"id\":\"b\"", "{\"id\":\"b\",\"new\":true")]),
        ],
    );
    fleet.seal();
    fleet
}

mod good_days {
    use super::*;

    #[test]
    fn apply_and_rollback_give_the_exact_bytes() {
        let fleet = small();
        let before = fleet.bytes();
        let ran = fleet.run(&["apply"]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        assert_eq!(fleet.bytes(), fleet.after());
        let text = fs::read_to_string(fleet.path("shops/云山.yaml")).unwrap();
        assert!(text.starts_with("\u{feff}# 云山\r\n") && text.ends_with("name: &n '云山'\r\n"), "{text}");
        let ran = fleet.run(&["rollback"]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        assert_eq!(fleet.bytes(), before);
    }

    #[test]
    fn a_second_apply_changes_nothing_and_says_so() {
        let fleet = small();
        insta::assert_snapshot!("apply_en", fleet.run(&["apply"]).shown());
        let stamp = |name: &str| fs::metadata(fleet.path(name)).unwrap().modified().unwrap();
        let before = stamp("all.ndjson");
        insta::assert_snapshot!("apply_again_en", fleet.run(&["apply"]).shown());
        assert_eq!(stamp("all.ndjson"), before);
        insta::assert_snapshot!("apply_again_zh", fleet.run_in("zh", &["apply"]).shown());
    }

    #[test]
    fn shops_of_one_file_are_applied_and_undone_on_their_own() {
        let fleet = small();
        let read = || fs::read_to_string(fleet.path("all.ndjson")).unwrap();
        let before = read();
        assert_eq!(fleet.run(&["apply", "--only", "b"]).code, 0);
        assert_eq!(read(), before.replace("专营店", "茶").replace("\"b\"", "\"b\",\"new\":true"));
        insta::assert_snapshot!("status_partly_zh", fleet.run_in("zh", &["status", "--all"]).shown_without_time());
        assert_eq!(fleet.run(&["apply"]).code, 0);
        assert_eq!(fleet.bytes(), fleet.after());
        insta::assert_snapshot!("rollback_shop_en", fleet.run(&["rollback", "--shop", "b"]).shown());
        assert_eq!(read(), before.replace("专卖店", ""));
        assert_eq!(fleet.run(&["rollback", "--shop", "a", "--shop", "yunshan"]).code, 0);
        assert_eq!(fleet.bytes(), fleet.before());
    }

    #[test]
    fn dry_runs_and_diffs_write_nothing() {
        let fleet = small();
        insta::assert_snapshot!("dry_run_zh", fleet.run_in("zh", &["apply", "--dry-run", "--all"]).shown());
        insta::assert_snapshot!("diff_en", fleet.run(&["apply", "--diff", "--only", "yunshan"]).shown());
        assert_eq!(fleet.bytes(), fleet.before());
        assert!(!fleet.path(".dianjian").exists());
    }

    #[test]
    fn results_are_told_to_programs() {
        let fleet = small();
        let ran = fleet.run(&["apply", "--format", "json", "--only", "a"]);
        let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        let results: Vec<&str> =
            json["shops"].as_array().unwrap().iter().map(|shop| shop["result"].as_str().unwrap()).collect();
        assert_eq!(results, ["not-asked", "done", "not-asked"]);
        let json: serde_json::Value = serde_json::from_str(&fleet.run(&["status", "--format", "json"]).out).unwrap();
        let states: Vec<&str> =
            json["shops"].as_array().unwrap().iter().map(|shop| shop["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["not-applied", "applied", "not-applied"]);
        assert_eq!(json["last"]["state"], "ended");
    }

    #[test]
    fn the_copy_of_the_plan_is_as_good_as_the_plan() {
        let mut fleet = small();
        assert_eq!(fleet.run(&["apply"]).code, 0);
        let id = serde_json::from_slice::<Plan>(&fs::read(&fleet.plan).unwrap()).unwrap().id;
        fs::remove_file(&fleet.plan).unwrap();
        fleet.plan = fleet.path(&format!(".dianjian/migrations/{id}/plan.json"));
        assert_eq!(fleet.run(&["rollback"]).code, 0);
        assert_eq!(fleet.bytes(), fleet.before());
    }
}

/// Many small files of one shop each, in a few folders.
fn many(files: usize) -> Fleet {
    let mut fleet = Fleet::new();
    for number in 0..files {
        let text = format!("# 店 {number}\nid: s{number}\nname: 云山{number}旗舰店\n{}", "x: y\n".repeat(number % 7));
        let key = format!("s{number}");
        fleet.file(&format!("{}/s{number}.yaml", number % 5), &text, &[ShopEdits::new(&key, &[("旗舰店", "")])]);
    }
    fleet.seal();
    fleet
}

/// A run in this process, which starts faster than the binary; without a command the last one is resumed.
fn run_here(fleet: &Fleet, operation: Option<Operation>) -> Vec<ShopResult> {
    let opened = open_plan(&fleet.plan, None).unwrap();
    let context = PlanContext::new(&opened).unwrap();
    let request = match operation {
        Some(operation) => RunRequest { operation, shops: None, keep_going: true },
        None => context.resumed(context.history().unwrap().last().as_ref()),
    };
    context.run(&request, "now", &|| false, &|_| {}).unwrap().shops
}

/// Is every shop as it should be?
fn done(shops: &[ShopResult]) -> bool {
    shops.iter().all(|shop| matches!(shop, ShopResult::Done | ShopResult::Already))
}

mod killed {
    use super::*;

    /// Numbers that look random and are the same every time (SplitMix64).
    pub struct Random(pub u64);

    impl Random {
        pub fn below(&mut self, end: u64) -> u64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            (z ^ (z >> 31)) % end
        }
    }

    /// Starts a command and kills it (SIGKILL) after a while; `begun` waits until its journal has grown first.
    pub fn kill_after(fleet: &Fleet, args: &[&str], begun: bool, delay: Duration) {
        let journal = || fs::metadata(fleet.run_folder().join(JOURNAL)).map_or(0, |journal| journal.len());
        let before = journal();
        let mut child = fleet.command("en", args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while begun && journal() == before && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        std::thread::sleep(delay);
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn two_hundred_times_at_random_moments() {
        const TIMES: u64 = 200;
        let fleet = many(80);
        let (before, after, names) = (fleet.before(), fleet.after(), fleet.names());
        let begun = Instant::now();
        assert_eq!(fleet.run(&["apply"]).code, 0);
        let whole = u64::try_from(begun.elapsed().as_micros()).unwrap();
        assert_eq!(fleet.run(&["rollback"]).code, 0);
        let mut random = Random(20_261_122);
        let mut cut_off = 0;
        for time in 0..TIMES {
            // Every eighth run has no history to go by.
            if time % 8 == 0 {
                fs::remove_dir_all(fleet.path(".dianjian")).unwrap();
            }
            // At any moment, in the first ones, or while files are being written.
            let (begun, longest) = [(false, whole), (false, 500), (true, 500), (true, 4000)][time as usize % 4];
            kill_after(&fleet, &["apply"], begun, Duration::from_micros(random.below(longest)));
            let last = RunHistory::read(&fleet.run_folder(), &fleet.content.id).unwrap().last();
            cut_off += usize::from(last.is_some_and(|last| last.ended.is_none()));
            let now = fleet.bytes();
            assert!(now.iter().all(|(path, bytes)| *bytes == before[path] || *bytes == after[path]), "run {time}");
            assert!(done(&run_here(&fleet, None)), "run {time}");
            // A kill before the run was in the journal leaves the last run, a rollback, to be resumed.
            assert!(fleet.bytes() == after || done(&run_here(&fleet, Some(Operation::Apply))), "run {time}");
            assert!(fleet.bytes() == after, "run {time}");
            assert_eq!(fleet.names(), names, "run {time}");
            if time % 5 == 0 {
                kill_after(&fleet, &["rollback"], time % 2 == 0, Duration::from_micros(random.below(whole)));
            }
            assert!(done(&run_here(&fleet, Some(Operation::Rollback))), "run {time}");
            assert!(fleet.bytes() == before, "run {time}");
            assert_eq!(fleet.names(), names, "run {time}");
        }
        assert!(cut_off >= 10, "only {cut_off} runs were killed while files were being written");
    }

    #[test]
    fn resume_takes_up_what_was_asked_for_and_nothing_else() {
        let fleet = small();
        assert_eq!(fleet.run(&["apply", "--only", "a"]).code, 0);
        let (journal, applied) = (fleet.run_folder().join(JOURNAL), fleet.bytes());
        // The run's last two lines are lost, and its file is the old one again.
        let text = fs::read_to_string(&journal).unwrap();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        fs::write(&journal, lines[..lines.len() - 2].concat()).unwrap();
        fs::write(fleet.path("all.ndjson"), &fleet.before()["all.ndjson"]).unwrap();
        insta::assert_snapshot!("status_cut_off_en", fleet.run(&["status"]).shown_without_time());
        assert_eq!(fleet.run(&["resume"]).code, 0);
        assert_eq!(fleet.bytes(), applied);
    }

    #[cfg(unix)]
    #[test]
    fn ctrl_c_leaves_whole_files_and_can_be_resumed() {
        let fleet = many(600);
        let child = fleet.command("en", &["apply"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let begun = Instant::now();
        while fs::metadata(fleet.run_folder().join(JOURNAL)).map_or(0, |journal| journal.len()) == 0
            && begun.elapsed() < Duration::from_secs(20)
        {
            std::thread::sleep(Duration::from_micros(200));
        }
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        let (before, after) = (fleet.before(), fleet.after());
        if output.status.code() == Some(0) {
            assert_eq!(fleet.bytes(), after);
        } else {
            assert_eq!(output.status.code(), Some(130), "{told}");
            assert!(told.contains("go on with: dianjian migrate resume"), "{told}");
            assert!(fleet.bytes().iter().all(|(path, bytes)| *bytes == before[path] || *bytes == after[path]));
        }
        assert_eq!(fleet.run(&["resume"]).code, 0);
        assert_eq!(fleet.bytes(), after);
    }
}

mod journals {
    use super::*;

    #[test]
    fn a_journal_cut_at_any_byte_is_understood() {
        let fleet = small();
        let (before, after, names) = (fleet.before(), fleet.after(), fleet.names());
        // One shop of the file with two is applied on its own, so that there is a state between the ends.
        assert_eq!(fleet.run(&["apply", "--only", "a"]).code, 0);
        let partly = fleet.bytes()["all.ndjson"].clone();
        assert!(done(&run_here(&fleet, Some(Operation::Apply))));
        let journal = fleet.run_folder().join(JOURNAL);
        let whole = fs::read(&journal).unwrap();
        let states = [&before["all.ndjson"], &partly, &after["all.ndjson"]];
        let left_over = fleet.path(&format!(".dianjian-{}-1.tmp", &fleet.content.id[..12]));
        for end in 0..=whole.len() {
            fs::write(&journal, &whole[..end]).unwrap();
            fs::write(fleet.path("all.ndjson"), states[end % 3]).unwrap();
            fs::write(
                fleet.path("shops/云山.yaml"),
                if end % 2 == 0 { &before } else { &after }["shops/云山.yaml"].as_slice(),
            )
            .unwrap();
            fs::write(&left_over, "torn").unwrap();
            let resumed = run_here(&fleet, None);
            assert!(
                resumed.iter().all(|shop| !matches!(shop, ShopResult::Refused(_) | ShopResult::Failed(_))),
                "{end}"
            );
            assert!(done(&run_here(&fleet, Some(Operation::Apply))), "{end}");
            assert_eq!(fleet.bytes(), after, "{end}");
            assert!(done(&run_here(&fleet, Some(Operation::Rollback))), "{end}");
            assert_eq!(fleet.bytes(), before, "{end}");
            assert_eq!(fleet.names(), names, "{end}");
        }
    }

    #[test]
    fn a_damaged_journal_is_told_and_costs_nothing() {
        let fleet = small();
        assert_eq!(fleet.run(&["apply", "--only", "b"]).code, 0);
        let journal = fleet.run_folder().join(JOURNAL);
        let mut bytes = fs::read(&journal).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x20;
        fs::write(&journal, bytes).unwrap();
        insta::assert_snapshot!("status_damaged_zh", fleet.run_in("zh", &["status"]).shown_without_time());
        assert_eq!(fleet.run(&["rollback"]).code, 0);
        assert_eq!(fleet.bytes(), fleet.before());
    }
}

mod changed_files {
    use super::*;

    #[test]
    fn a_file_edited_before_apply_stops_everything_and_is_told() {
        let fleet = small();
        let path = fleet.path("all.ndjson");
        let edited = fs::read_to_string(&path).unwrap().replace("雾里专营店", "雾里春茶");
        fs::write(&path, &edited).unwrap();
        insta::assert_snapshot!("edited_before_en", fleet.run(&["apply"]).shown());
        insta::assert_snapshot!("edited_before_zh", fleet.run_in("zh", &["apply"]).shown());
        let mut expected = fleet.before();
        expected.insert("all.ndjson".to_owned(), edited.into_bytes());
        assert_eq!(fleet.bytes(), expected);
        insta::assert_snapshot!("keep_going_en", fleet.run(&["apply", "--keep-going"]).shown());
        expected.insert("shops/云山.yaml".to_owned(), fleet.after()["shops/云山.yaml"].clone());
        assert_eq!(fleet.bytes(), expected);
        // The list of what is left is fed back in once the file is as it was.
        fs::write(&path, &fleet.before()["all.ndjson"]).unwrap();
        let list = format!("@{}", fleet.run_folder().join("failures.txt").display());
        let ran = fleet.run(&["apply", "--only", &list]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        assert_eq!(fleet.bytes(), fleet.after());
        assert!(!fleet.run_folder().join("failures.txt").exists());
    }

    #[test]
    fn a_change_elsewhere_in_the_file_is_told_too() {
        let fleet = small();
        let path = fleet.path("shops/云山.yaml");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("# 编号", "# 号码")).unwrap();
        let ran = fleet.run(&["apply", "--only", "yunshan"]);
        assert_eq!(ran.code, 1);
        assert!(ran.out.contains("the places to be edited are as they were, something else is not"), "{}", ran.out);
        // What is added at the end shifts nothing, and a file that grew beyond all states is not read whole.
        fs::write(&path, text.clone() + &"x".repeat(100_000)).unwrap();
        assert_eq!(fleet.run(&["apply", "--only", "yunshan"]).code, 1);
        assert_eq!(fleet.run(&["apply", "--only", "a"]).code, 0);
    }

    #[test]
    fn a_file_edited_after_apply_is_left_alone_by_rollback() {
        let fleet = small();
        assert_eq!(fleet.run(&["apply"]).code, 0);
        let path = fleet.path("shops/云山.yaml");
        let edited = fs::read_to_string(&path).unwrap() + "score: 4.5\n";
        fs::write(&path, &edited).unwrap();
        insta::assert_snapshot!("edited_after_en", fleet.run(&["rollback"]).shown());
        let mut expected = fleet.before();
        expected.insert("shops/云山.yaml".to_owned(), edited.into_bytes());
        assert_eq!(fleet.bytes(), expected);
    }

    #[test]
    fn a_file_that_vanished_is_told() {
        let fleet = small();
        fs::remove_file(fleet.path("all.ndjson")).unwrap();
        insta::assert_snapshot!("vanished_en", fleet.run(&["apply", "--keep-going"]).shown());
        insta::assert_snapshot!("vanished_status_zh", fleet.run_in("zh", &["status"]).shown_without_time());
        assert_eq!(fs::read(fleet.path("shops/云山.yaml")).unwrap(), fleet.after()["shops/云山.yaml"]);
    }

    #[test]
    fn a_folder_in_a_files_place_is_no_file() {
        let fleet = small();
        fs::remove_file(fleet.path("all.ndjson")).unwrap();
        fs::create_dir(fleet.path("all.ndjson")).unwrap();
        let ran = fleet.run(&["apply"]);
        assert_eq!(ran.code, 1);
        assert!(ran.out.contains("it is not a file"), "{}", ran.out);
    }
}

#[cfg(unix)]
mod permissions {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

    use super::*;

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_read_only_file_is_respected_even_by_root() {
        let fleet = small();
        let path = fleet.path("all.ndjson");
        set_mode(&path, 0o444);
        insta::assert_snapshot!("read_only_en", fleet.run(&["apply"]).shown());
        assert_eq!(fleet.bytes(), fleet.before());
        set_mode(&path, 0o640);
        assert_eq!(fleet.run(&["apply"]).code, 0);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o640);
        assert_eq!(fleet.run(&["rollback"]).code, 0);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o640);
    }

    #[test]
    fn a_read_only_folder_is_respected_even_by_root() {
        let fleet = small();
        set_mode(&fleet.path("shops"), 0o555);
        let ran = fleet.run(&["apply"]);
        set_mode(&fleet.path("shops"), 0o755);
        assert_eq!(ran.code, 1);
        assert!(ran.out.contains("the file's folder is read-only"), "{}", ran.out);
        assert_eq!(fleet.bytes(), fleet.before());
    }

    #[test]
    fn the_owner_is_kept() {
        let fleet = small();
        let path = fleet.path("all.ndjson");
        // Only root can give files away; others at least keep what they have.
        let given = std::os::unix::fs::chown(&path, Some(12_345), Some(12_345)).is_ok();
        let owner = |path: &Path| {
            let metadata = fs::metadata(path).unwrap();
            (metadata.uid(), metadata.gid())
        };
        let before = owner(&path);
        assert_eq!(given, before == (12_345, 12_345));
        assert_eq!(fleet.run(&["apply"]).code, 0);
        assert_eq!(owner(&path), before);
    }

    /// The command in a shell whose files cannot grow beyond so many blocks of 512 bytes (of 1024 in some shells).
    fn with_little_room(fleet: &Fleet, blocks: u32, args: &[&str]) -> crate::folder::Ran {
        let command = fleet.command("en", args);
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"")).arg("sh");
        shell.arg(command.get_program()).args(command.get_args());
        shell.current_dir(command.get_current_dir().unwrap());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        fleet.ran(&mut shell)
    }

    #[test]
    fn a_file_that_finds_no_room_stays_the_old_one() {
        let mut fleet = Fleet::new();
        let big = format!("{{\"id\":\"big\",\"name\":\"云山旗舰店\"}}\n{}", "{\"kind\":\"Note\"}\n".repeat(40_000));
        fleet.file("big.ndjson", &big, &[ShopEdits::new("big", &[("旗舰店", "")])]);
        fleet.file("small.yaml", "id: small\nname: 青禾专卖店\n", &[ShopEdits::new("small", &[("专卖店", "")])]);
        fleet.seal();
        let names = fleet.names();
        let ran = with_little_room(&fleet, 100, &["apply"]);
        insta::assert_snapshot!("no_room_en", ran.shown());
        let mut expected = fleet.before();
        expected.insert("small.yaml".to_owned(), fleet.after()["small.yaml"].clone());
        assert_eq!(fleet.bytes(), expected);
        assert_eq!(fleet.names(), names);
        assert_eq!(fleet.run(&["resume"]).code, 0);
        assert_eq!(fleet.bytes(), fleet.after());
    }

    #[test]
    fn a_journal_that_finds_no_room_lets_nothing_be_written() {
        let fleet = small();
        // The first run does not even begin.
        let ran = with_little_room(&fleet, 1, &["apply"]);
        assert_eq!(ran.code, 2, "{}", ran.shown());
        assert_eq!(fleet.bytes(), fleet.before());
        // A later one begins, and finds its journal full.
        assert_eq!(fleet.run(&["apply"]).code, 0);
        assert_eq!(fleet.run(&["rollback"]).code, 0);
        let ran = with_little_room(&fleet, 1, &["apply"]);
        assert_ne!(ran.code, 0, "{}", ran.shown());
        assert_eq!(fleet.bytes(), fleet.before());
        assert_eq!(fleet.run(&["apply"]).code, 0);
        assert_eq!(fleet.bytes(), fleet.after());
    }

    #[test]
    fn links_out_of_the_root_are_not_followed() {
        let fleet = small();
        let outside = tempfile::tempdir().unwrap();
        fs::copy(fleet.path("shops/云山.yaml"), outside.path().join("云山.yaml")).unwrap();
        fs::remove_dir_all(fleet.path("shops")).unwrap();
        std::os::unix::fs::symlink(outside.path(), fleet.path("shops")).unwrap();
        let ran = fleet.run(&["apply", "--keep-going"]);
        assert_eq!(ran.code, 1);
        assert!(ran.out.contains("its path leaves the plan's root through a link"), "{}", ran.out);
        assert_eq!(fleet.bytes()["shops/云山.yaml"], fleet.before()["shops/云山.yaml"]);
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
    }

    #[test]
    fn links_within_the_root_are_written_through() {
        let fleet = small();
        fs::rename(fleet.path("all.ndjson"), fleet.path("real.ndjson")).unwrap();
        std::os::unix::fs::symlink("real.ndjson", fleet.path("all.ndjson")).unwrap();
        assert_eq!(fleet.run(&["apply"]).code, 0);
        assert!(fs::symlink_metadata(fleet.path("all.ndjson")).unwrap().is_symlink());
        assert_eq!(fleet.bytes(), fleet.after());
    }

    #[test]
    fn the_runs_own_folder_may_not_be_a_link() {
        let fleet = small();
        let outside = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path(), fleet.path(".dianjian")).unwrap();
        let ran = fleet.run(&["apply"]);
        assert_eq!(ran.code, 2, "{}", ran.shown());
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
        assert_eq!(fleet.bytes(), fleet.before());
    }
}

mod plans {
    use super::*;

    /// What is said of a plan that cannot be used; nothing has been written.
    fn refused(fleet: &Fleet, lang: &str) -> String {
        let ran = fleet.run_in(lang, &["apply"]);
        assert_eq!(ran.code, 2, "{}", ran.shown());
        assert_eq!(fleet.bytes(), fleet.before());
        assert!(!fleet.path(".dianjian").exists());
        ran.shown()
    }

    #[test]
    fn a_plan_that_is_cut_or_edited_or_foreign_is_refused() {
        let fleet = small();
        let text = fs::read_to_string(&fleet.plan).unwrap();
        let mut shown = String::new();
        let id = &fleet.content.id;
        let other = text.replace(id.as_str(), &"0".repeat(64));
        for text in
            [&text[..text.len() / 3], &text.replace("weixin-store", "weixin-shop"), "{\"rules\": []}", "", &other]
        {
            fs::write(&fleet.plan, text).unwrap();
            for lang in ["zh", "en"] {
                shown.push_str(&refused(&fleet, lang));
            }
        }
        insta::assert_snapshot!("plans_refused", shown);
        fs::remove_file(&fleet.plan).unwrap();
        refused(&fleet, "en");
    }

    #[test]
    fn a_plan_whose_paths_leave_its_root_is_refused() {
        let mut fleet = small();
        let outside = fleet.root.parent().unwrap().join("outside.yaml");
        fs::write(&outside, &fleet.before()["shops/云山.yaml"]).unwrap();
        let mut shown = String::new();
        for path in ["../outside.yaml", "shops/../../outside.yaml", "/etc/passwd", "C:\\x"] {
            fleet.content.files[0].path = path.to_owned();
            fleet.content.shops[0].file = path.to_owned();
            fleet.seal();
            shown.push_str(&refused(&fleet, "en"));
        }
        insta::assert_snapshot!("paths_refused_en", shown);
        assert_eq!(fs::read(&outside).unwrap(), fleet.before()["shops/云山.yaml"]);
    }

    #[test]
    fn a_huge_plan_is_refused_by_its_size() {
        let fleet = small();
        fs::File::create(&fleet.plan).unwrap().set_len((1 << 30) + 1).unwrap();
        let begun = Instant::now();
        insta::assert_snapshot!("plan_too_large_zh", refused(&fleet, "zh"));
        assert!(begun.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_plan_that_promises_other_bytes_is_refused() {
        let mut fleet = small();
        fleet.content.files[0].after.sha256 = "0".repeat(64);
        fleet.seal();
        let ran = fleet.run(&["apply"]);
        assert_eq!(ran.code, 1);
        assert!(ran.out.contains("the plan's edits do not give the bytes that it promises"), "{}", ran.out);
        assert_eq!(fleet.bytes(), fleet.before());
    }

    #[test]
    fn a_root_that_is_not_there_can_be_given() {
        let fleet = small();
        let moved = fleet.root.parent().unwrap().join("moved");
        fs::rename(&fleet.root, &moved).unwrap();
        insta::assert_snapshot!("no_root_en", fleet.run(&["apply"]).shown());
        assert_eq!(fleet.run(&["apply", "--root", &moved.display().to_string()]).code, 0);
        assert_eq!(fs::read(moved.join("all.ndjson")).unwrap(), fleet.after()["all.ndjson"]);
    }

    #[test]
    fn shops_that_the_plan_does_not_have_are_told() {
        let fleet = small();
        insta::assert_snapshot!("no_shop_zh", fleet.run_in("zh", &["apply", "--only", "yunshna"]).shown());
        insta::assert_snapshot!("no_list_en", fleet.run(&["apply", "--only", "@nowhere"]).shown());
    }
}

mod at_once {
    use super::*;

    #[test]
    fn a_second_run_is_told_who_is_at_work() {
        let fleet = small();
        let runs = fleet.path(".dianjian/migrations");
        fs::create_dir_all(&runs).unwrap();
        let holder =
            LockHolder { pid: 4711, command: "apply".to_owned(), since: "2026-11-22T10:00:00+08:00".to_owned() };
        let lock = RunLock::take(&runs, &holder).unwrap();
        insta::assert_snapshot!("held_en", fleet.run(&["apply"]).shown());
        insta::assert_snapshot!("held_zh", fleet.run_in("zh", &["rollback"]).shown());
        assert!(fleet.run(&["status"]).out.contains("under way: dianjian migrate apply, pid 4711"));
        assert_eq!(fleet.bytes(), fleet.before());
        drop(lock);
        assert_eq!(fleet.run(&["apply"]).code, 0);
    }

    #[test]
    fn runs_at_the_same_time_do_not_meet() {
        let fleet = many(40);
        let spawn = || fleet.command("en", &["apply"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut children: Vec<_> = (0..4).map(|_| spawn()).collect();
        let codes: Vec<Option<i32>> = children.iter_mut().map(|child| child.wait().unwrap().code()).collect();
        assert!(codes.contains(&Some(0)), "{codes:?}");
        assert!(codes.iter().all(|code| matches!(code, Some(0 | 2))), "{codes:?}");
        assert_eq!(fleet.bytes(), fleet.after());
    }
}

mod with_a_planner {
    use super::*;

    /// The sample fleet of legacy shops with the plan that the planner makes for it.
    fn legacy() -> Fleet {
        let mut fleet = Fleet::new();
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/legacy-fleet");
        add(&mut fleet, &samples, &samples);
        let mut command = fleet.command("en", &["plan"]);
        command.args(["--no-config", "--as-of", "2026-11-22", "-o"]).arg(&fleet.plan);
        // The plan's own name was given as the path to look at: the folder is meant.
        let args: Vec<_> = command.get_args().map(std::ffi::OsStr::to_owned).collect();
        let mut command = Command::new(env!("CARGO_BIN_EXE_dianjian"));
        command.args(args.iter().enumerate().map(|(at, arg)| if at == 4 { fleet.root.as_os_str() } else { arg }));
        let ran = fleet.ran(command.current_dir(fleet.root.parent().unwrap()));
        assert_eq!(ran.code, 0, "{}", ran.shown());
        fleet.content = serde_json::from_slice(&fs::read(&fleet.plan).unwrap()).unwrap();
        fleet
    }

    /// Adds all that lies below a folder; what is no text, such as a picture, is only copied.
    fn add(fleet: &mut Fleet, root: &Path, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            if path.is_dir() {
                fs::create_dir_all(fleet.path(&name)).unwrap();
                add(fleet, root, &path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                fleet.file(&name, &text, &[]);
            } else {
                fs::copy(&path, fleet.path(&name)).unwrap();
            }
        }
    }

    #[test]
    fn a_fleet_is_applied_verified_and_undone() {
        let fleet = legacy();
        let before = fleet.bytes();
        let ran = fleet.run(&["apply"]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        assert_ne!(fleet.bytes(), before);
        for (path, bytes) in fleet.bytes() {
            if let Some(file) = fleet.content.files.iter().find(|file| file.path == path) {
                assert_eq!(dianjian_migrate::plan::FileDigest::of(&bytes), file.after, "{path}");
            } else {
                assert_eq!(bytes, before[&path], "{path}");
            }
        }
        let ran = fleet.run(&["verify", "--no-config"]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        assert!(ran.out.contains("0 findings not foreseen by the plan"), "{}", ran.out);
        let ran = fleet.run(&["rollback"]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        assert_eq!(fleet.bytes(), before);
        let ran = fleet.run_in("zh", &["verify", "--no-config"]);
        assert_eq!(ran.code, 1, "{}", ran.shown());
        assert!(ran.out.contains("家店铺还没有修改"), "{}", ran.out);
    }

    /// A workbook of two shops that move, planned.
    fn workbook() -> Fleet {
        let mut fleet = Fleet::new();
        let mut book = rust_xlsxwriter::Workbook::new();
        book.add_worksheet().set_name("说明").unwrap().write(0, 0, "请勿修改表头").unwrap();
        let sheet = book.add_worksheet().set_name("店铺").unwrap();
        let rows = [
            ["店铺编号", "店铺名称", "体系", "店铺类型", "品牌名", "授权关系"],
            ["a", "云山旗舰店", "视频号小店", "旗舰店", "云山", "商标权利人"],
            ["b", "雾里专营店", "视频号小店", "专营店", "", ""],
        ];
        for (at, row) in rows.iter().enumerate() {
            sheet.write_row(at as u32, 0, row.iter().copied()).unwrap();
        }
        book.save(fleet.path("shops.xlsx")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_dianjian"));
        command.args(["--lang", "en", "migrate", "plan"]).arg(&fleet.root);
        command.args(["--no-config", "--as-of", "2026-11-22", "-o"]).arg(&fleet.plan);
        let ran = fleet.ran(command.current_dir(fleet.root.parent().unwrap()));
        assert_eq!(ran.code, 0, "{}", ran.shown());
        fleet.content = serde_json::from_slice(&fs::read(&fleet.plan).unwrap()).unwrap();
        fleet
    }

    /// The parts of a package, unpacked.
    fn parts(bytes: &[u8]) -> std::collections::BTreeMap<String, Vec<u8>> {
        let mut package = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut parts = std::collections::BTreeMap::new();
        for number in 0..package.len() {
            let mut part = package.by_index(number).unwrap();
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut part, &mut bytes).unwrap();
            parts.insert(part.name().unwrap().into_owned(), bytes);
        }
        parts
    }

    #[test]
    fn cells_of_a_workbook_are_changed_and_its_exact_bytes_come_back() {
        let fleet = workbook();
        let read = || fs::read(fleet.path("shops.xlsx")).unwrap();
        let before = read();
        let ok = |args: &[&str]| {
            let ran = fleet.run(args);
            assert_eq!(ran.code, 0, "{args:?}: {}", ran.shown());
            ran.out
        };
        let shown = ok(&["apply", "--diff"]);
        assert!(shown.contains("shops.xlsx · 店铺!B2") && shown.contains("-云山旗舰店\n+云山\n"), "{shown}");
        assert_eq!(read(), before);
        ok(&["apply"]);
        let after = read();
        assert_eq!(dianjian_migrate::plan::FileDigest::of(&after), fleet.content.files[0].after);
        let (mut old, mut new) = (parts(&before), parts(&after));
        let sheet = "xl/worksheets/sheet2.xml";
        assert_ne!(old.remove(sheet), new.remove(sheet));
        assert_eq!(old, new);
        ok(&["apply"]);
        assert_eq!(read(), after);
        ok(&["verify", "--no-config"]);
        ok(&["rollback", "--shop", "a"]);
        let partly = read();
        assert!(partly != before && partly != after);
        ok(&["apply"]);
        assert_eq!(read(), after);
        ok(&["rollback"]);
        assert_eq!(read(), before);
        // The states of single shops do not depend on the way to them, nor on the journal.
        ok(&["apply", "--only", "b"]);
        assert_eq!(read(), partly);
        fs::remove_file(fleet.run_folder().join(JOURNAL)).unwrap();
        ok(&["rollback", "--shop", "b"]);
        assert_eq!(read(), before);
    }

    #[test]
    fn a_workbook_is_the_old_one_or_the_new_one_whenever_it_is_killed() {
        let fleet = workbook();
        let read = || fs::read(fleet.path("shops.xlsx")).unwrap();
        let before = read();
        let begun = Instant::now();
        assert_eq!(fleet.run(&["apply"]).code, 0);
        let whole = u64::try_from(begun.elapsed().as_micros()).unwrap();
        let after = read();
        let mut random = killed::Random(7);
        for time in 0..16 {
            let (undo, begun) = (time % 2 == 0, time % 4 < 2);
            let operation = if undo { "rollback" } else { "apply" };
            let delay = Duration::from_micros(random.below(if begun { 4_000 } else { whole }));
            killed::kill_after(&fleet, &[operation], begun, delay);
            assert!([&before, &after].contains(&&read()), "{time}");
            let ran = fleet.run(&[operation]);
            assert_eq!(ran.code, 0, "{time}: {}", ran.shown());
            assert!(read() == if undo { before.clone() } else { after.clone() }, "{time}");
        }
    }

    #[test]
    fn a_workbook_that_was_saved_since_is_left_alone() {
        let fleet = workbook();
        assert_eq!(fleet.run(&["apply"]).code, 0);
        let original = fs::read_dir(fleet.run_folder()).unwrap().filter_map(Result::ok);
        let original =
            original.map(|entry| entry.path()).find(|path| path.extension().is_some_and(|end| end == "xlsx"));
        fs::write(original.unwrap(), "other").unwrap();
        let after = fs::read(fleet.path("shops.xlsx")).unwrap();
        assert_ne!(fleet.run(&["rollback"]).code, 0);
        assert_eq!(fs::read(fleet.path("shops.xlsx")).unwrap(), after);
        fs::write(fleet.path("shops.xlsx"), "no workbook").unwrap();
        assert_ne!(fleet.run(&["apply"]).code, 0);
        assert_eq!(fs::read(fleet.path("shops.xlsx")).unwrap(), b"no workbook");
    }

    #[test]
    fn what_the_plan_did_not_say_is_found() {
        let fleet = legacy();
        assert_eq!(fleet.run(&["apply"]).code, 0);
        let path = fleet.path("yunshan.yaml");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("\nname: ", "\nname: 官方旗舰店")).unwrap();
        let ran = fleet.run(&["verify", "--no-config", "--format", "json"]);
        assert_eq!(ran.code, 1, "{}", ran.shown());
        let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        let unplanned = json["unplanned"].as_array().unwrap();
        assert!(unplanned.iter().any(|found| found["shop"] == "yunshan-flagship"), "{}", ran.out);
        for (lang, name) in [("en", "verify_en"), ("zh", "verify_zh")] {
            insta::assert_snapshot!(
                name,
                fleet.run_in(lang, &["verify", "--no-config"]).shown().replace(&fleet.content.id[..12], "[plan]")
            );
        }
    }
}
