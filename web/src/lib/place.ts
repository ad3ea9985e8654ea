//! Where a finding stands, and the file it is in.
import type { FileHead, FindingHead } from '../api';
import type { OpenProject } from './project.svelte';

/** The place in words, with the file where the place alone names only a cell. */
export function placeOf(at: { path: string; place: string }): string {
  return at.place.startsWith(at.path) ? at.place : [at.path, at.place].filter(Boolean).join(' ');
}
export function fileOf(project: OpenProject, at: { file?: string; path: string }): FileHead | undefined {
  return (at.file ? project.file(at.file) : undefined) ?? project.fileAt(at.path);
}
export function shopOf(finding: FindingHead): string {
  return finding.record?.name ?? finding.record?.id ?? '';
}
