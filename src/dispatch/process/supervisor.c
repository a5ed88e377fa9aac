/*
 * The processes of agents on Linux, in two roles of one small static program.
 *
 * The starter stands beside an engine. It reads requests from its stdin and makes a supervisor for each. It ends when
 * its stdin does, which is when the engine is gone. Supervisors outlive it.
 *
 * A supervisor starts one agent in a session of its own, waits for its end, ends every process the agent has left
 * behind, wherever it went and whatever its environment says, and writes the agent's exit status into the attempt's
 * folder. It also feeds a two-way agent from a file that the engine appends to. SIGTERM to the group of an agent asks
 * all of it to end; five seconds later, or at SIGUSR1, the supervisor kills the agent and everything it has started.
 *
 * Supervisors are processes of their own, but use the starter's memory: copying even this little takes as long as a
 * third of a small agent's life. Each has a block of it for itself, and uses nothing of the C library that keeps state
 * (errno, malloc, stdio): two of them would change it at the same time. System calls give `-errno` here.
 *
 * Request: a length (of what follows it), id, flags, argc, envc (32 bits each, in the machine's order), then texts that
 * end in NUL: the attempt's folder, the working directory, the arguments (the program's absolute path first), the
 * environment. Answers on stdout, which ends when nobody is left who could still begin an agent: "S id pid start"
 * (started; start as in /proc/PID/stat), "E id errno" (not started), "K id signal" (the supervisor was killed). Answer
 * on stderr: "X id status" (the attempt is over; the agent's status as a shell tells it).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TWO_WAY = 1, none = -1, HEAD = 20, MOST_REQUEST = 16 << 20, STACK = 1 << 16, SIGNALS = 8 };
enum { CANNOT_RUN = 126, NOT_FOUND = 127, GRACE_MS = 5000, END_WITHIN_MS = 10000, LOOK_AGAIN_MS = 20 };
enum { TO_APPEND = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, TO_READ = O_RDONLY | O_CLOEXEC };

/* What one supervisor has for itself: one piece of memory, freed when the starter has seen its end. */
struct supervisor {
	size_t size;
	/* As they came: the head of the request, and its texts. */
	uint32_t length, id, flags, argc, envc;
	/* The attempt's folder, the working directory, the arguments, NULL, the environment, NULL. */
	char **texts;
	/* When this process was started, as in /proc/PID/stat; and the file through which it takes its signals. */
	long long started;
	int signals;
	/* Set by SIGUSR1; and until when descendants have time to end by themselves, once SIGTERM has asked them to. */
	int is_killed;
	long asked_until;
	/* The agent's files, and why it has not begun (0: it has). */
	int in, out, err, not_begun;
	/* A two-way agent's input file, the pipe that is its stdin, and what tells of news in the file. */
	int feed_from, feed_to, feed_watch, is_pipe_full;
	char scratch[1 << 16];
	char stack[STACK] __attribute__((aligned(16)));
	char agent_stack[STACK] __attribute__((aligned(16)));
	char rest[];
};

static struct child { pid_t pid; struct supervisor *of; } *children;
static size_t child_count, child_room;
/* The signals that supervisors and the starter take through files. */
static sigset_t ours;

/* The C library's own, which leaves errno alone. It runs a function on a stack and ends the process with its result. */
int __clone(int (*function)(void *), void *stack_end, int flags, void *argument, ...);

/* A system call. */
static long raw(long number, long a, long b, long c, long d, long e, long f)
{
#if defined(__x86_64__)
	long result;
	register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d, x4 __asm__("x4") = e, x5 __asm__("x5") = f;
	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
	return x0;
#endif
}
#define with_zeros(n, a, b, c, d, e, f, ...) raw(SYS_##n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define call(...) with_zeros(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

static int open_at(const char *path, int how)
{
	return call(openat, AT_FDCWD, path, how, 0600);
}

static int wait_for(struct pollfd *on, int count, long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};
	return call(ppoll, on, count, ms < 0 ? NULL : &t, NULL, SIGNALS);
}

static long now_ms(void)
{
	struct timespec t;
	call(clock_gettime, CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* One write for one line: lines of several processes do not mix. Nobody is left to be told where it fails. */
static void put(int fd, const char *format, ...)
{
	char line[96];
	va_list values;
	va_start(values, format);
	call(write, fd, line, vsnprintf(line, sizeof line, format, values));
	va_end(values);
}

static void read_file(const char *path, char *into, size_t room)
{
	size_t length = 0;
	int fd = open_at(path, TO_READ);
	for (long n; fd >= 0 && length + 1 < room && (n = call(read, fd, into + length, room - 1 - length)) > 0;)
		length += n;
	call(close, fd);
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

/* As the kernel lists a folder. */
struct entry { uint64_t inode; int64_t offset; uint16_t length; uint8_t type; char name[]; };

/* Kills the processes whose parent is this one. What they leave behind becomes ours in turn. */
static void kill_children(struct supervisor *s)
{
	long self = call(getpid), proc = open_at("/proc", TO_READ | O_DIRECTORY);
	for (long n; (n = call(getdents64, proc, s->scratch, sizeof s->scratch)) > 0;)
		for (long at = 0; at < n;) {
			struct entry *each = (struct entry *)(s->scratch + at);
			if (each->name[0] > '0' && each->name[0] <= '9' && stat_field(each->name, 4) == self)
				call(kill, atoi(each->name), SIGKILL);
			at += each->length;
		}
	call(close, proc);
}

static void take_signals(struct supervisor *s)
{
	struct signalfd_siginfo info;
	while (call(read, s->signals, &info, sizeof info) == sizeof info) {
		s->is_killed |= info.ssi_signo == SIGUSR1;
		if (info.ssi_signo == SIGTERM && s->asked_until == 0)
			s->asked_until = now_ms() + GRACE_MS;
	}
}

/* Ends and reaps every descendant. One that cannot be killed (of another user, or deep in the kernel) is left. */
static void end_descendants(struct supervisor *s)
{
	struct pollfd on = {.fd = s->signals, .events = POLLIN};
	for (long give_up = now_ms() + GRACE_MS + END_WITHIN_MS; now_ms() < give_up;) {
		long reaped;
		while ((reaped = call(wait4, -1, NULL, WNOHANG)) > 0) {}
		if (reaped == -ECHILD)
			return;
		if (s->is_killed || now_ms() >= s->asked_until)
			kill_children(s);
		wait_for(&on, 1, LOOK_AGAIN_MS);
		take_signals(s);
	}
}

/* In the child: becomes the agent, or says on its stderr why it cannot. The supervisor goes on when it has or ends. */
static int become_agent(void *given)
{
	struct supervisor *s = given;
	char **argv = s->texts + 2, **env = argv + s->argc + 1;
	/* In the kernel's form: the usual action of a signal, and no signals. */
	long nothing[4] = {0};
	call(rt_sigaction, SIGPIPE, nothing, NULL, SIGNALS);
	call(rt_sigprocmask, SIG_SETMASK, nothing, NULL, SIGNALS);
	int why = call(chdir, s->texts[1]);
	for (int fd = 0, each[] = {s->in, s->out, s->err}; why >= 0 && fd < 3; fd++)
		why = call(dup3, each[fd], fd, 0);
	int is_ready = why >= 0;
	if (is_ready)
		why = call(execve, argv[0], argv, env);
	if (why == -ENOEXEC) {
		/* A script without a first line that names its interpreter: what every shell does with it. */
		s->texts[1] = "/bin/sh";
		why = call(execve, s->texts[1], s->texts + 1, env);
	}
	int is_full = why == -E2BIG || why == -ENOMEM || why == -EAGAIN || why == -EMFILE || why == -ENFILE;
	if (!is_ready || is_full) {
		s->not_begun = -why;
		return CANNOT_RUN;
	}
	snprintf(s->scratch, sizeof s->scratch, "%s: %s\n", argv[0], strerror(-why));
	call(write, STDERR_FILENO, s->scratch, strlen(s->scratch));
	return why == -ENOENT ? NOT_FOUND : CANNOT_RUN;
}

/* Moves on what there is. The input has ended when its mark is there and all of it has been read. */
static void feed(struct supervisor *s)
{
	/* News first: what comes after the last read wakes the next poll. */
	while (s->feed_to != none && call(read, s->feed_watch, s->scratch, sizeof s->scratch) > 0) {}
	for (long n = 1; s->feed_to != none && n > 0;) {
		int is_ended = call(faccessat, AT_FDCWD, "in.end", F_OK) == 0;
		n = call(splice, s->feed_from, NULL, s->feed_to, NULL, 1 << 20, SPLICE_F_NONBLOCK);
		s->is_pipe_full = n == -EAGAIN;
		if (n == 0 ? is_ended : n < 0 && !s->is_pipe_full) {
			call(close, s->feed_to);
			s->feed_to = none;
		}
	}
}

/* The end of the pipe that is the agent's, or why it cannot be had. */
static int open_feed(struct supervisor *s)
{
	int ends[2];
	long last;
	if ((last = s->feed_from = open_at("in.jsonl", TO_READ)) < 0 ||
	    (last = s->feed_watch = call(inotify_init1, IN_CLOEXEC | IN_NONBLOCK)) < 0 ||
	    (last = call(inotify_add_watch, s->feed_watch, "in.jsonl", IN_MODIFY)) < 0 ||
	    (last = call(inotify_add_watch, s->feed_watch, ".", IN_CREATE | IN_MOVED_TO)) < 0 ||
	    (last = call(pipe2, ends, O_CLOEXEC)) < 0)
		return last;
	s->feed_to = ends[1];
	return ends[0];
}

/* Waits for the agent, feeds it meanwhile, and gives its status. */
static int follow(struct supervisor *s, long agent)
{
	for (int status;;) {
		feed(s);
		struct pollfd on[] = {
			{.fd = s->signals, .events = POLLIN},
			{.fd = s->feed_to == none ? none : s->feed_watch, .events = POLLIN},
			{.fd = s->is_pipe_full ? s->feed_to : none, .events = POLLOUT},
		};
		wait_for(on, 3, s->is_killed ? LOOK_AGAIN_MS : none);
		take_signals(s);
		if (s->is_killed)
			kill_children(s);
		for (long pid; (pid = call(wait4, -1, &status, WNOHANG)) > 0;)
			if (pid == agent)
				return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	}
}

/* The texts of the request. One that is missing is NULL, which no system call takes. */
static void find_texts(struct supervisor *s)
{
	size_t count = (size_t)s->argc + s->envc + 3;
	char *at = s->rest, *end = at + s->length + 4 - HEAD;
	s->texts = (char **)(((uintptr_t)end + 1 + 15) & ~(uintptr_t)15);
	for (size_t i = 0; i < count && at < end; i++)
		if (i != s->argc + (size_t)2) {
			s->texts[i] = at;
			at += strlen(at) + 1;
		}
}

static int refuse(const struct supervisor *s, int why)
{
	put(STDOUT_FILENO, "E %u %d\n", s->id, why);
	return CANNOT_RUN;
}

/* The life of a supervisor. */
static int supervise(void *given)
{
	struct supervisor *s = given;
	call(setsid);
	call(prctl, PR_SET_CHILD_SUBREAPER, 1);
	s->started = stat_field("self", 22);
	s->feed_from = s->feed_to = s->feed_watch = none;
	find_texts(s);
	int status, self = call(getpid);
	/*
	 * Names are those in the attempt's folder from here on; the agent itself goes to its own working directory. Whoever
	 * makes the last file runs the agent: two supervisors of one attempt cannot both.
	 */
	if ((status = s->signals = call(signalfd4, -1, &ours, SIGNALS, SFD_CLOEXEC | SFD_NONBLOCK)) < 0 ||
	    (status = call(chdir, s->texts[0])) < 0 || (status = s->out = open_at("stdout.log", TO_APPEND)) < 0 ||
	    (status = s->err = open_at("stderr.log", TO_APPEND)) < 0 ||
	    (status = s->in = s->flags & TWO_WAY ? open_feed(s) : open_at("input.json", TO_READ)) < 0 ||
	    (status = open_at("status", TO_APPEND | O_EXCL)) < 0)
		return refuse(s, -status);
	put(status, "%d %lld\n", self, s->started);
	long agent = __clone(become_agent, s->agent_stack + STACK, CLONE_VM | CLONE_VFORK | SIGCHLD, s);
	if (agent < 0)
		s->not_begun = -agent;
	if (s->not_begun) {
		call(unlinkat, AT_FDCWD, "status");
		return refuse(s, s->not_begun);
	}
	put(STDOUT_FILENO, "S %u %d %lld\n", s->id, self, s->started);
	for (int each[] = {s->in, s->out, s->err, STDIN_FILENO, STDOUT_FILENO}, i = 0; i < 5; i++)
		call(close, each[i]);
	int result = follow(s, agent);
	call(close, s->feed_to);
	end_descendants(s);
	put(status, "%d\n", result);
	put(STDERR_FILENO, "X %u %d\n", s->id, result);
	return result;
}

/* Reads so many bytes. Where whoever writes them is gone, the starter has nothing more to do. */
static void read_all(void *into, size_t length)
{
	char *at = into;
	for (ssize_t n; length > 0; length -= n, at += n)
		if ((n = read(STDIN_FILENO, at, length)) <= 0)
			_exit(0);
}

/* Reads a request and starts its supervisor. */
static void start(void)
{
	uint32_t head[HEAD / 4];
	read_all(head, HEAD);
	size_t length = head[0], texts = (size_t)head[3] + head[4] + 4;
	if (length < HEAD - 4 || length > MOST_REQUEST || texts > length + 4)
		_exit(1);
	size_t size = sizeof(struct supervisor) + length + 32 + texts * sizeof(char *);
	struct supervisor *s = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (child_count == child_room)
		children = realloc(children, (child_room += 64) * sizeof *children);
	if (s == MAP_FAILED || !children)
		_exit(1);
	s->size = size;
	memcpy(&s->length, head, HEAD);
	read_all(s->rest, length + 4 - HEAD);
	int pid = __clone(supervise, s->stack + STACK, CLONE_VM | SIGCHLD, s);
	/* Some systems that only look like Linux give each process a memory of its own. */
	if (pid == -EINVAL)
		pid = __clone(supervise, s->stack + STACK, SIGCHLD, s);
	if (pid < 0) {
		refuse(s, -pid);
		munmap(s, size);
	} else
		children[child_count++] = (struct child){pid, s};
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
				put(STDOUT_FILENO, "K %u %d\n", children[i].of->id, WTERMSIG(status));
			munmap(children[i].of, children[i].of->size);
			children[i] = children[--child_count];
			break;
		}
}

int main(void)
{
	struct signalfd_siginfo info;
	sigemptyset(&ours);
	for (int each[] = {SIGCHLD, SIGHUP, SIGINT, SIGTERM, SIGUSR1}, i = 0; i < 5; i++)
		sigaddset(&ours, each[i]);
	sigprocmask(SIG_BLOCK, &ours, NULL);
	signal(SIGPIPE, SIG_IGN);
	int signals = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
	struct pollfd on[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
	for (int fd = 0; fd < 3; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	for (;;) {
		poll(on, 2, none);
		while (read(signals, &info, sizeof info) == sizeof info) {}
		reap();
		if (on[0].revents)
			start();
	}
}
