# One list of sources for each layer.
set(BASE_SOURCES base/base64.c base/clock.c base/err.c base/file.c base/secret.c base/text.c base/time.c)
set(CRYPTO_SOURCES
  crypto/bundle.c crypto/cbor_read.c crypto/cbor_write.c crypto/certificate.c crypto/cose.c crypto/credential.c crypto/der.c crypto/devicekey.c
  crypto/digest.c crypto/key.c crypto/openssl_error.c crypto/portraitpack.c crypto/presentation.c crypto/qrtext.c crypto/random.c crypto/seal.c crypto/signature.c
  crypto/statuslist.c crypto/statuslist_write.c crypto/trustlist.c)
set(SIGNER_SOURCES crypto/certify.c crypto/cose_sign.c crypto/keyfile.c)
set(VERIFY_SOURCES
  verify/evidence.c verify/group.c verify/judge.c verify/judgement.c verify/live.c verify/load.c
  verify/load_list.c verify/load_trust.c verify/memory.c verify/replay.c
  verify/sentence.c verify/verifier.c)
set(REGISTRY_SOURCES
  registry/entrustment.c registry/succeed.c registry/succession.c
  registry/attach.c registry/batch.c registry/body.c registry/body_cache.c registry/carry.c registry/compare.c registry/decide.c registry/decision.c registry/device_index.c registry/effective.c
  registry/enter_body.c registry/enter_holder.c registry/entries.c registry/event.c registry/holder.c registry/identifier.c
  registry/issue.c registry/issue_plan.c registry/issue_worker.c registry/issued.c registry/permutation.c registry/person.c registry/publication.c
  registry/publish.c registry/registry.c registry/replay.c registry/replay_body.c registry/replay_change.c registry/replay_holder.c registry/replay_issued.c
  registry/again.c registry/amend.c registry/replay_rules.c registry/rules.c
  registry/sealed.c registry/settings.c registry/signed_by.c registry/standing.c registry/store.c registry/store_env.c)
set(SHARED_SOURCES
  tools/shared/csvtext.c tools/shared/divisions.c tools/shared/fields.c tools/shared/jpeg.c tools/shared/json.c tools/shared/options.c
  tools/shared/progress.c tools/shared/secretfile.c tools/shared/terminal.c tools/shared/textbuf.c)
set(OFFICE_SOURCES
  tools/office/cmd_decide.c tools/office/cmd_export.c tools/office/cmd_import.c tools/office/cmd_init.c tools/office/cmd_issue.c
  tools/office/cmd_keys.c tools/office/cmd_present.c tools/office/cmd_publish.c tools/office/cmd_show.c tools/office/cmd_succeed.c tools/office/cmd_trust.c
  tools/office/columns.c tools/office/config.c tools/office/config_entries.c tools/office/fieldset.c tools/office/acting.c
  tools/office/cmd_amend.c tools/office/cmd_reissue.c tools/office/cmd_settings.c tools/office/csv_file.c tools/office/describe.c tools/office/export_portraits.c
  tools/office/export_qr.c tools/office/export_tokens.c tools/office/import.c tools/office/import_check.c
  tools/office/import_portraits.c tools/office/keyring.c tools/office/office.c tools/office/portraits.c tools/office/present.c
  tools/office/reading.c tools/office/refusals.c tools/office/reissue.c tools/office/row_device.c tools/office/rows.c
  tools/office/sample.c tools/office/sample_bodies.c tools/office/sample_people.c tools/office/seen.c
  tools/office/bundle_merge.c tools/office/cmd_bundle.c tools/office/keyring_make.c tools/office/rotate.c tools/office/staging.c
  tools/office/trust_change.c tools/office/trust_file.c tools/office/trust_show.c
  tools/shared/qrcode.c tools/shared/qrimage.c)
set(VERIFIER_SOURCES
  tools/picture/answer.c tools/verifier/bundle_keep.c tools/verifier/checks.c tools/verifier/cmd_log.c tools/verifier/cmd_setup.c tools/verifier/cmd_status.c
  tools/verifier/cmd_update.c tools/verifier/help.c tools/verifier/judge_group.c tools/verifier/judge_lines.c tools/verifier/judge_one.c
  tools/verifier/judge_picture.c tools/verifier/log_export.c tools/verifier/options.c tools/verifier/picture.c tools/verifier/portraits.c tools/verifier/print_group.c
  tools/verifier/print_human.c tools/verifier/print_json.c tools/verifier/print_reason.c tools/verifier/renewal.c tools/verifier/replay_file.c
  tools/verifier/run.c tools/verifier/sitelog.c tools/verifier/sitelog_archive.c
  tools/verifier/sitelog_audit.c tools/verifier/sitelog_file.c tools/verifier/sitelog_head.c tools/verifier/sitelog_record.c
  tools/verifier/sitelog_walk.c tools/verifier/statedir.c tools/verifier/trusted.c)
set(ENDPOINT_SOURCES
  tools/endpoint/answer.c tools/endpoint/api.c tools/endpoint/freshness.c tools/endpoint/http.c tools/endpoint/page.c
  tools/endpoint/service.c tools/endpoint/trust.c)
set(PICTURE_SOURCES
  tools/picture/answer.c tools/picture/calls.c tools/picture/codes.c tools/picture/grey.c tools/picture/grey_jpeg.c
  tools/picture/grey_png.c tools/picture/sandbox.c)
set(ASK_SOURCES tools/ask/client.c)

# libyaopai-verify for others to embed: what judges, and nothing that reads files, tells the time, seals or signs.
set(LIBRARY_SOURCES ${VERIFY_SOURCES}
  base/err.c base/text.c base/time.c
  crypto/bundle.c crypto/cbor_read.c crypto/cbor_write.c crypto/certificate.c crypto/cose.c crypto/credential.c crypto/der.c
  crypto/digest.c crypto/key.c crypto/openssl_error.c crypto/presentation.c crypto/qrtext.c crypto/signature.c
  crypto/statuslist.c crypto/trustlist.c)
