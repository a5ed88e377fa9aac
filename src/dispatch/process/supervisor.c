/*
 * The processes of agents on Linux, in two roles of one small static program.
 *
 * The starter stands beside an engine. It reads requests from its stdin and has a supervisor do each: one that it has
 * forked in advance (a fork takes as long as a small agent), or else a new one. It ends when its stdin does, which is
 * when the engine is gone. Supervisors outlive both.
 *
 * A supervisor starts one agent in a session of its own, waits for its end, ends every process the agent has left
 * behind, wherever it went and whatever its environment says, and writes the agent's exit status into the attempt's
 * folder. It also feeds a two-way agent from a file that the engine appends to. SIGTERM to the group of an agent asks
 * all of it to end; five seconds later, or at SIGUSR1, the supervisor kills the agent and everything it has started.
 *
 * Request: a length (of what follows it), id, flags, argc, envc (32 bits each, in the machine's order), then texts that
 * end in NUL: the attempt's folder, the working directory, the arguments (the program's absolute path first), the
 * environment. Answers on stdout, which ends when nobody is left who could still begin an agent: "S id pid start"
 * (started; start as in /proc/PID/stat), "E id errno" (not started), "K id signal" (the supervisor was killed). Answer
 * on stderr: "X id status" (the attempt is over; the agent's status as a shell tells it).
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TWO_WAY = 1, none = -1, HEAD = 20, MOST_REQUEST = 16 << 20, MOST_IN_A_PIPE = 1 << 16 };
enum { CANNOT_RUN = 126, NOT_FOUND = 127, GRACE_MS = 5000, END_WITHIN_MS = 10000, LOOK_AGAIN_MS = 20, IDLE_MS = 3 };
enum { TO_APPEND = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC };

struct request {
	uint32_t length, id, flags, argc, envc;
	/* The attempt's folder, the working directory, the arguments, NULL, the environment, NULL. */
	char **texts;
};

static struct child { pid_t pid; uint32_t id; } *children;
static size_t child_count, child_room;
/* The supervisor that waits for a request at the other end of this pipe; none: there is no such one. */
static pid_t spare;
static int to_spare = none;
/* When this supervisor was, as in /proc/PID/stat. */
static long long started;
/* The signals that this process takes through a file. */
static sigset_t ours;
static int signals;

static long now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* One write for one line: lines of several processes do not mix. Nobody is left to be told where it fails. */
static void put(int fd, const char *format, ...)
{
	char line[96];
	va_list values;
	va_start(values, format);
	ssize_t n = write(fd, line, vsnprintf(line, sizeof line, format, values));
	(void)n;
	va_end(values);
}

/* Reads so many bytes. Where whoever writes them is gone, this process has nothing more to do. */
static void read_all(int fd, char *into, size_t length)
{
	for (ssize_t n; length > 0; length -= n, into += n)
		if ((n = read(fd, into, length)) <= 0)
			_exit(0);
}

static void read_file(const char *path, char *into, size_t room)
{
	size_t length = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	for (ssize_t n; fd >= 0 && length + 1 < room && (n = read(fd, into + length, room - 1 - length)) > 0;)
		length += n;
	close(fd);
	into[length] = 0;
}

/* A field of /proc/PID/stat, counted from 1. The second, a command's name, may hold anything: its end is looked for. */
static long long stat_field(const char *pid, int field)
{
	char path[64], text[1024];
	snprintf(path, sizeof path, "/proc/%s/stat", pid);
	read_file(path, text, sizeof text);
	char *at = strrchr(text, ')');
	for (int i = 2; at && i < field; i++)
		at = strchr(at + 1, ' ');
	return at ? atoll(at + 1) : -1;
}

/* Kills the processes whose parent is this one. What they leave behind becomes ours in turn. */
static void kill_children(void)
{
	static char text[1 << 16];
	char path[64];
	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	if (access(path, R_OK) == 0) {
		read_file(path, text, sizeof text);
		for (char *save, *pid = strtok_r(text, " ", &save); pid; pid = strtok_r(NULL, " ", &save))
			kill(atoi(pid), SIGKILL);
		return;
	}
	/* A kernel without that file. */
	DIR *proc = opendir("/proc");
	for (struct dirent *entry; proc && (entry = readdir(proc));)
		if (entry->d_name[0] > '0' && entry->d_name[0] <= '9' && stat_field(entry->d_name, 4) == getpid())
			kill(atoi(entry->d_name), SIGKILL);
	if (proc)
		closedir(proc);
}

/* Set by SIGUSR1; and until when descendants have time to end by themselves, once SIGTERM has asked them to. */
static int is_killed;
static long asked_until;

static void take_signals(void)
{
	struct signalfd_siginfo info;
	while (read(signals, &info, sizeof info) == sizeof info) {
		is_killed |= info.ssi_signo == SIGUSR1;
		if (info.ssi_signo == SIGTERM && asked_until == 0)
			asked_until = now_ms() + GRACE_MS;
	}
}

/* Ends and reaps every descendant. One that cannot be killed (of another user, or deep in the kernel) is left. */
static void end_descendants(void)
{
	struct pollfd wait_for = {.fd = signals, .events = POLLIN};
	for (long give_up = now_ms() + GRACE_MS + END_WITHIN_MS; now_ms() < give_up;) {
		pid_t reaped;
		if (is_killed || now_ms() >= asked_until)
			kill_children();
		while ((reaped = waitpid(-1, NULL, WNOHANG)) > 0) {}
		if (reaped < 0 && errno == ECHILD)
			return;
		poll(&wait_for, 1, LOOK_AGAIN_MS);
		take_signals();
	}
}

/* Why the agent has not begun, as the child found it: memory is shared until the child has begun or ended. */
static volatile int not_begun;

/* In the child: becomes the agent, or says on its stderr why it cannot. */
static void become_agent(const struct request *r, int in, int out, int err)
{
	char **argv = r->texts + 2, **env = argv + r->argc + 1;
	sigset_t no_signals;
	sigemptyset(&no_signals);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &no_signals, NULL);
	if (chdir(r->texts[1]) < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0) {
		not_begun = errno;
		_exit(CANNOT_RUN);
	}
	execve(argv[0], argv, env);
	if (errno == ENOEXEC) {
		/* A script without a first line that names its interpreter: what every shell does with it. */
		char *script[r->argc + 2];
		script[0] = "/bin/sh";
		memcpy(script + 1, argv, (r->argc + 1) * sizeof *argv);
		execve(script[0], script, env);
	}
	int why = errno;
	if (why == E2BIG || why == ENOMEM || why == EAGAIN || why == EMFILE || why == ENFILE)
		not_begun = why;
	else
		dprintf(2, "%s: %s\n", argv[0], strerror(why));
	_exit(why == ENOENT ? NOT_FOUND : CANNOT_RUN);
}

/* A two-way agent's input file, the pipe that is its stdin, and what tells of news in the file. */
static int feed_from = none, feed_to = none, feed_watch = none, is_pipe_full;

/* Moves on what there is. The input has ended when its mark is there and all of it has been read. */
static void feed(void)
{
	char news[4096];
	/* News first: what comes after the last read wakes the next poll. */
	while (read(feed_watch, news, sizeof news) > 0) {}
	for (ssize_t n = 1; feed_to != none && n > 0;) {
		int is_ended = access("in.end", F_OK) == 0;
		n = splice(feed_from, NULL, feed_to, NULL, 1 << 20, SPLICE_F_NONBLOCK);
		is_pipe_full = n < 0 && errno == EAGAIN;
		if (n == 0 ? is_ended : n < 0 && !is_pipe_full) {
			close(feed_to);
			feed_to = none;
		}
	}
}

/* The end of the pipe that is the agent's; none: it cannot be had, and errno tells why. */
static int open_feed(void)
{
	int ends[2];
	feed_from = open("in.jsonl", O_RDONLY | O_CLOEXEC);
	feed_watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (feed_from < 0 || inotify_add_watch(feed_watch, "in.jsonl", IN_MODIFY) < 0 ||
	    inotify_add_watch(feed_watch, ".", IN_CREATE | IN_MOVED_TO) < 0 || pipe2(ends, O_CLOEXEC) < 0)
		return none;
	feed_to = ends[1];
	return ends[0];
}

/* Waits for the agent, feeds it meanwhile, and gives its status. */
static int follow(pid_t agent)
{
	for (int status;;) {
		feed();
		struct pollfd on[] = {
			{.fd = signals, .events = POLLIN},
			{.fd = feed_to == none ? none : feed_watch, .events = POLLIN},
			{.fd = is_pipe_full ? feed_to : none, .events = POLLOUT},
		};
		poll(on, 3, is_killed ? LOOK_AGAIN_MS : none);
		take_signals();
		if (is_killed)
			kill_children();
		for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
			if (pid == agent)
				return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	}
}

/* A request as it came, its length first. */
static char *read_request(int fd)
{
	uint32_t length;
	read_all(fd, (char *)&length, 4);
	char *bytes = length >= HEAD - 4 && length <= MOST_REQUEST ? malloc((size_t)length + 5) : NULL;
	if (!bytes)
		_exit(1);
	memcpy(bytes, &length, 4);
	read_all(fd, bytes + 4, length);
	bytes[length + 4] = 0;
	return bytes;
}

/* False where there is no memory for it. A text that is missing is NULL, which no system call takes. */
static int parse(struct request *r, char *bytes)
{
	memcpy(r, bytes, HEAD);
	char *at = bytes + HEAD, *end = bytes + 4 + r->length;
	size_t count = (size_t)r->argc + r->envc + 3;
	r->texts = count <= r->length ? calloc(count + 1, sizeof *r->texts) : NULL;
	for (size_t i = 0; r->texts && i < count && at < end; i++)
		if (i != r->argc + (size_t)2) {
			r->texts[i] = at;
			at += strlen(at) + 1;
		}
	return r->texts != NULL;
}

static void refuse(const struct request *r, int why)
{
	put(STDOUT_FILENO, "E %u %d\n", r->id, why);
	_exit(CANNOT_RUN);
}

static void supervise(char *bytes)
{
	struct request r;
	if (!parse(&r, bytes))
		refuse(&r, ENOMEM);
	/* Names are those in the attempt's folder from here on; the agent itself goes to its own working directory. */
	int out = chdir(r.texts[0]) < 0 ? none : open("stdout.log", TO_APPEND, 0600);
	int err = out < 0 ? none : open("stderr.log", TO_APPEND, 0600);
	int in = err < 0 ? none : r.flags & TWO_WAY ? open_feed() : open("input.json", O_RDONLY | O_CLOEXEC);
	/* Whoever makes this file runs the agent: two supervisors of one attempt cannot both. */
	int status = in < 0 ? none : open("status", TO_APPEND | O_EXCL, 0600);
	if (status < 0)
		refuse(&r, errno);
	put(status, "%d %lld\n", (int)getpid(), started);
	pid_t agent = vfork();
	if (agent == 0)
		become_agent(&r, in, out, err);
	if (agent < 0)
		not_begun = errno;
	if (not_begun) {
		unlink("status");
		refuse(&r, not_begun);
	}
	put(STDOUT_FILENO, "S %u %d %lld\n", r.id, (int)getpid(), started);
	for (int each[] = {in, out, err, STDIN_FILENO, STDOUT_FILENO}, i = 0; i < 5; i++)
		close(each[i]);
	int result = follow(agent);
	close(feed_to);
	end_descendants();
	put(status, "%d\n", result);
	put(STDERR_FILENO, "X %u %d\n", r.id, result);
	_exit(result);
}

/* What can be done before there is a request. */
static void become_supervisor(void)
{
	close(to_spare);
	setsid();
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	started = stat_field("self", 22);
	signals = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Forks the supervisor of the next request while there is nothing else to do. It ends when the starter does. */
static void keep_spare(void)
{
	int ends[2];
	if (to_spare != none || pipe2(ends, O_CLOEXEC) < 0)
		return;
	to_spare = ends[1];
	spare = fork();
	if (spare == 0) {
		become_supervisor();
		supervise(read_request(ends[0]));
	}
	close(ends[0]);
}

/* Gives the spare supervisor its request, in one go; `none` where there is no living one, or the pipe is too small. */
static pid_t use_spare(const char *bytes, size_t length)
{
	if (to_spare == none || length > MOST_IN_A_PIPE)
		return none;
	pid_t pid = write(to_spare, bytes, length) == (ssize_t)length ? spare : none;
	close(to_spare);
	to_spare = none;
	return pid;
}

static void start(char *bytes)
{
	uint32_t head[2];
	memcpy(head, bytes, sizeof head);
	if (child_count == child_room && !(children = realloc(children, (child_room += 64) * sizeof *children)))
		_exit(1);
	pid_t pid = use_spare(bytes, (size_t)head[0] + 4);
	if (pid == none && (pid = fork()) == 0) {
		become_supervisor();
		supervise(bytes);
	}
	if (pid < 0)
		put(STDOUT_FILENO, "E %u %d\n", head[1], errno);
	else
		children[child_count++] = (struct child){pid, head[1]};
	free(bytes);
}

/* A supervisor that ends by itself has told what there is to tell. */
static void reap(void)
{
	int status;
	for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
		for (size_t i = 0; i < child_count; i++) {
			if (children[i].pid != pid)
				continue;
			if (WIFSIGNALED(status))
				put(STDOUT_FILENO, "K %u %d\n", children[i].id, WTERMSIG(status));
			children[i] = children[--child_count];
			break;
		}
}

int main(void)
{
	sigemptyset(&ours);
	for (int each[] = {SIGCHLD, SIGHUP, SIGINT, SIGTERM, SIGUSR1}, i = 0; i < 5; i++)
		sigaddset(&ours, each[i]);
	sigprocmask(SIG_BLOCK, &ours, NULL);
	signal(SIGPIPE, SIG_IGN);
	signals = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
	struct pollfd on[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
	for (int fd = 0; fd < 3; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	for (;;) {
		if (poll(on, 2, IDLE_MS) == 0) {
			keep_spare();
			poll(on, 2, none);
		}
		take_signals();
		reap();
		if (on[0].revents)
			start(read_request(STDIN_FILENO));
	}
}
