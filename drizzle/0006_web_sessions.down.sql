DROP TABLE login_links;--> statement-breakpoint
DROP TABLE web_sessions;
