CREATE TABLE `__new_workflow_stages` (
	`workflow_id` text NOT NULL,
	`order_index` integer NOT NULL,
	`stage_id_ref` text NOT NULL,
	`stage_json` text NOT NULL,
	PRIMARY KEY(`workflow_id`, `order_index`),
	FOREIGN KEY (`workflow_id`) REFERENCES `workflows`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
-- A row that is damaged stays so, and hinders no other: its text is no JSON.
INSERT INTO `__new_workflow_stages` (`workflow_id`, `order_index`, `stage_id_ref`, `stage_json`)
SELECT `workflow_id`, `order_index`, `stage_id_ref`,
	CASE WHEN typeof(`name`) = 'text' AND typeof(`description`) IN ('text', 'null') AND typeof(`condition`) IN ('text', 'null')
		AND json_valid(`depends_on_json`) AND json_valid(`roles_json`) AND json_valid(`inputs_json`)
		AND json_valid(`outputs_json`) AND json_valid(`context_json`) AND json_valid(`error_policy_json`)
		AND json_valid(`handoff_json`) AND json_valid(coalesce(`gate_json`, 'null'))
		AND json_valid(coalesce(`ui_metadata_json`, 'null'))
	THEN json_object(
		'id', `stage_id_ref`, 'name', `name`, 'description', `description`, 'type', `stage_type`,
		'depends_on', json(`depends_on_json`), 'condition', `condition`, 'roles', json(`roles_json`),
		'inputs', json(`inputs_json`), 'outputs', json(`outputs_json`), 'context', json(`context_json`),
		'workspace', `workspace`, 'error_policy', json(`error_policy_json`), 'handoff', json(`handoff_json`),
		'gate', json(coalesce(`gate_json`, 'null')), 'ui', json(coalesce(`ui_metadata_json`, 'null')))
	ELSE '' END
FROM `workflow_stages`;
--> statement-breakpoint
DROP TABLE `workflow_stages`;
--> statement-breakpoint
ALTER TABLE `__new_workflow_stages` RENAME TO `workflow_stages`;
--> statement-breakpoint
CREATE UNIQUE INDEX `workflow_stages_ref` ON `workflow_stages` (`workflow_id`,`stage_id_ref`);
