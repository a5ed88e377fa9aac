/*
 * The processes of agents on Linux, in two roles of one small static program.
 *
 * The starter stands beside an engine. It reads requests from its stdin, forks a supervisor for each, and tells on
 * stdout what becomes of it. It ends when its stdin does, which is when the engine is gone. Supervisors outlive both.
 *
 * A supervisor starts one agent in a session of its own, waits for its end, ends every process the agent has left
 * behind, wherever it went and whatever its environment says, and writes the agent's exit status into the attempt's
 * folder. It also feeds a two-way agent from a file that the engine appends to.
 *
 * Request: a length (of what follows it), id, flags, argc, envc (32 bits each, in the machine's order), then texts that
 * end in NUL: the attempt's folder, the working directory, the arguments (first the program's absolute path), the
 * environment. Answers are lines: "S id pid start" (started; start as in /proc/PID/stat), "E id errno 0" (not started),
 * "X id status 0" (the supervisor has ended; the agent's status as a shell tells it), "K id signal 0" (it was killed).
 *
 * SIGTERM to the group of an agent asks all of it to end; five seconds later, or at SIGUSR1, the supervisor kills its
 * agent and everything that the agent has started.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
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

enum { TWO_WAY = 1, none = -1, MOST_REQUEST = 16 << 20 };
enum { CANNOT_RUN = 126, NOT_FOUND = 127, GRACE_MS = 5000, END_WITHIN_MS = 10000, LOOK_AGAIN_MS = 20 };

struct request {
	uint32_t id, flags, argc, envc;
	char *folder, *workdir, **argv, **env;
};

static struct child { pid_t pid; uint32_t id; } *children;
static size_t child_count, child_room;

static long now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void write_all(int fd, const char *bytes, size_t length)
{
	for (ssize_t n; length > 0 && ((n = write(fd, bytes, length)) >= 0 || errno == EINTR);)
		if (n > 0) {
			bytes += n;
			length -= n;
		}
}

/* One write for one line: lines of several processes do not mix. */
static void tell(const char *what, uint32_t id, long first, long long second)
{
	char line[96];
	write_all(STDOUT_FILENO, line, snprintf(line, sizeof line, "%s %u %ld %lld\n", what, id, first, second));
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

/* Kills the processes whose parent is this one; how many there were. What they leave behind becomes ours in turn. */
static int kill_children(void)
{
	static char text[1 << 16];
	char path[64];
	int count = 0;
	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	if (access(path, R_OK) == 0) {
		read_file(path, text, sizeof text);
		for (char *save, *pid = strtok_r(text, " ", &save); pid; pid = strtok_r(NULL, " ", &save), count++)
			kill(atoi(pid), SIGKILL);
		return count;
	}
	/* A kernel without that file. */
	DIR *proc = opendir("/proc");
	for (struct dirent *entry; proc && (entry = readdir(proc));)
		if (entry->d_name[0] > '0' && entry->d_name[0] <= '9' && stat_field(entry->d_name, 4) == getpid()) {
			kill(atoi(entry->d_name), SIGKILL);
			count++;
		}
	if (proc)
		closedir(proc);
	return count;
}

/* Set by SIGUSR1; and until when descendants have time to end by themselves, once SIGTERM has asked them to. */
static int is_killed;
static long asked_until;

static void take_signals(int signals)
{
	struct signalfd_siginfo info;
	while (read(signals, &info, sizeof info) == sizeof info) {
		is_killed |= info.ssi_signo == SIGUSR1;
		if (info.ssi_signo == SIGTERM && asked_until == 0)
			asked_until = now_ms() + GRACE_MS;
	}
}

/* Ends and reaps every descendant. One that cannot be killed (of another user, or deep in the kernel) is left. */
static void end_descendants(int signals)
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
		take_signals(signals);
	}
}

/* Why the agent has not begun, as the child found it: memory is shared until the child has begun or ended. */
static volatile int not_begun;

/* In the child: becomes the agent, or says on its stderr why it cannot. */
static void become_agent(const struct request *r, int in, int out, int err)
{
	sigset_t no_signals;
	sigemptyset(&no_signals);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &no_signals, NULL);
	if (chdir(r->workdir) < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0) {
		not_begun = errno;
		_exit(CANNOT_RUN);
	}
	execve(r->argv[0], r->argv, r->env);
	if (errno == ENOEXEC) {
		/* A script without a first line that names its interpreter: what every shell does with it. */
		char *argv[r->argc + 2];
		argv[0] = "/bin/sh";
		memcpy(argv + 1, r->argv, (r->argc + 1) * sizeof *argv);
		execve(argv[0], argv, r->env);
	}
	int why = errno;
	if (why == E2BIG || why == ENOMEM || why == EAGAIN || why == EMFILE || why == ENFILE)
		not_begun = why;
	else
		dprintf(2, "%s: %s\n", r->argv[0], strerror(why));
	_exit(why == ENOENT ? NOT_FOUND : CANNOT_RUN);
}

/* What goes from the input file to a two-way agent. */
struct feed {
	int from, to, watch;
	char bytes[1 << 16];
	size_t start, end;
};

static void close_feed(struct feed *f)
{
	close(f->to);
	f->to = none;
}

/* Moves on what there is. The input has ended when its mark is there and all of it has been read. */
static void feed(struct feed *f)
{
	char news[4096];
	while (f->to != none) {
		if (f->start == f->end) {
			int is_ended = access("in.end", F_OK) == 0;
			ssize_t n = read(f->from, f->bytes, sizeof f->bytes);
			if (n <= 0) {
				if (is_ended)
					close_feed(f);
				break;
			}
			f->start = 0;
			f->end = n;
		}
		ssize_t n = write(f->to, f->bytes + f->start, f->end - f->start);
		if (n > 0)
			f->start += n;
		else if (errno == EAGAIN)
			break;
		else if (errno != EINTR)
			close_feed(f);
	}
	while (read(f->watch, news, sizeof news) > 0) {}
}

/* The agent's end of its input; none: it cannot be had, and errno tells why. */
static int open_feed(struct feed *f)
{
	int ends[2];
	f->from = open("in.jsonl", O_RDONLY | O_CLOEXEC);
	f->watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (f->from < 0 || inotify_add_watch(f->watch, "in.jsonl", IN_MODIFY) < 0 ||
	    inotify_add_watch(f->watch, ".", IN_CREATE | IN_MOVED_TO) < 0 || pipe2(ends, O_CLOEXEC) < 0)
		return none;
	f->to = ends[1];
	fcntl(f->to, F_SETFL, O_NONBLOCK);
	return ends[0];
}

/* Waits for the agent, feeds it meanwhile, and gives its status. */
static int follow(pid_t agent, int signals, struct feed *f)
{
	for (int status;;) {
		feed(f);
		struct pollfd on[] = {
			{.fd = signals, .events = POLLIN},
			{.fd = f->to == none ? none : f->watch, .events = POLLIN},
			{.fd = f->start < f->end ? f->to : none, .events = POLLOUT},
		};
		poll(on, 3, is_killed ? LOOK_AGAIN_MS : -1);
		take_signals(signals);
		if (is_killed)
			kill_children();
		for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
			if (pid == agent)
				return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	}
}

static void supervise(const struct request *r, const sigset_t *ours)
{
	static struct feed f;
	f.from = f.to = f.watch = none;
	char line[64];
	setsid();
	/* Names are those in the attempt's folder from here on; the agent itself goes to its own working directory. */
	int in = none, status = chdir(r->folder);
	int out = open("stdout.log", O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	int err = open("stderr.log", O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (status == 0 && out >= 0 && err >= 0)
		in = r->flags & TWO_WAY ? open_feed(&f) : open("input.json", O_RDONLY | O_CLOEXEC);
	/* Whoever makes this file runs the agent: two supervisors of one attempt cannot both. */
	status = in < 0 ? none : open("status", O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (status < 0) {
		tell("E", r->id, errno, 0);
		_exit(CANNOT_RUN);
	}
	long long started = stat_field("self", 22);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	write_all(status, line, snprintf(line, sizeof line, "%d %lld\n", (int)getpid(), started));
	int signals = signalfd(-1, ours, SFD_CLOEXEC | SFD_NONBLOCK);
	pid_t agent = vfork();
	if (agent == 0)
		become_agent(r, in, out, err);
	if (agent < 0 || not_begun) {
		int why = agent < 0 ? errno : not_begun;
		unlink("status");
		tell("E", r->id, why, 0);
		_exit(CANNOT_RUN);
	}
	tell("S", r->id, getpid(), started);
	for (int each[] = {in, out, err, STDIN_FILENO, STDOUT_FILENO}, i = 0; i < 5; i++)
		close(each[i]);
	int result = follow(agent, signals, &f);
	close_feed(&f);
	end_descendants(signals);
	write_all(status, line, snprintf(line, sizeof line, "%d\n", result));
	_exit(result);
}

static int take_texts(char **texts, uint32_t count, char **at, const char *end)
{
	for (uint32_t i = 0; i < count; i++) {
		char *stop = memchr(*at, 0, end - *at);
		if (!stop)
			return 0;
		texts[i] = *at;
		*at = stop + 1;
	}
	texts[count] = NULL;
	return 1;
}

/* Starts what a request asks for. A request that is no such thing ends the starter: nothing after it can be read. */
static void start(char *bytes, size_t length, const sigset_t *ours)
{
	struct request r;
	char *at = bytes + 16, *end = bytes + length, *places[3];
	if (length < 16)
		_exit(2);
	memcpy(&r, bytes, 16);
	if (r.argc < 1 || r.argc > length || r.envc > length)
		_exit(2);
	r.argv = calloc((size_t)r.argc + r.envc + 2, sizeof *r.argv);
	r.env = r.argv ? r.argv + r.argc + 1 : NULL;
	if (!r.argv) {
		tell("E", r.id, ENOMEM, 0);
		return;
	}
	if (!take_texts(places, 2, &at, end) || !take_texts(r.argv, r.argc, &at, end) ||
	    !take_texts(r.env, r.envc, &at, end))
		_exit(2);
	r.folder = places[0];
	r.workdir = places[1];
	if (child_count == child_room)
		children = realloc(children, (child_room += 64) * sizeof *children);
	if (!children)
		_exit(1);
	pid_t pid = fork();
	if (pid == 0)
		supervise(&r, ours);
	if (pid < 0)
		tell("E", r.id, errno, 0);
	else
		children[child_count++] = (struct child){pid, r.id};
	free(r.argv);
}

static void reap(void)
{
	int status;
	for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
		for (size_t i = 0; i < child_count; i++) {
			if (children[i].pid != pid)
				continue;
			int code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
			tell(WIFSIGNALED(status) ? "K" : "X", children[i].id, code, 0);
			children[i] = children[--child_count];
			break;
		}
}

int main(void)
{
	sigset_t ours;
	size_t have = 0, room = 1 << 16;
	char *bytes = malloc(room);
	sigemptyset(&ours);
	for (int each[] = {SIGCHLD, SIGHUP, SIGINT, SIGTERM, SIGUSR1}, i = 0; i < 5; i++)
		sigaddset(&ours, each[i]);
	sigprocmask(SIG_BLOCK, &ours, NULL);
	signal(SIGPIPE, SIG_IGN);
	int signals = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
	struct pollfd on[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
	fcntl(STDIN_FILENO, F_SETFD, FD_CLOEXEC);
	fcntl(STDOUT_FILENO, F_SETFD, FD_CLOEXEC);
	while (bytes) {
		uint32_t length;
		poll(on, 2, -1);
		take_signals(signals);
		reap();
		if (!(on[0].revents & (POLLIN | POLLHUP | POLLERR)))
			continue;
		ssize_t n = read(STDIN_FILENO, bytes + have, room - have);
		if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
			return 0;
		have += n > 0 ? n : 0;
		for (size_t used = 0;; used += 4 + length) {
			length = 0;
			if (have - used >= 4)
				memcpy(&length, bytes + used, 4);
			if (length > MOST_REQUEST)
				return 2;
			if (have - used >= 4 && have - used - 4 >= length) {
				start(bytes + used + 4, length, &ours);
				continue;
			}
			memmove(bytes, bytes + used, have - used);
			have -= used;
			break;
		}
		if (room - have < 4096 || room < (size_t)length + 4) {
			room = room * 2 > (size_t)length + 4 ? room * 2 : (size_t)length + 4;
			bytes = realloc(bytes, room);
		}
	}
	return 1;
}
